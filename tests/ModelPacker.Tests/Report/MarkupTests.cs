using System.Xml.Linq;
using ModelPacker.Report;

namespace ModelPacker.Tests.Report;

public class MarkupTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a & b \"c\" 'd' &amp; ]]>")]
    [InlineData("größer 日本 😀")]
    public void TextAndAttributesComeBackAsTheyWere(string text)
    {
        string markup = Written(Markup.Element("p", text, Markup.Attribute("title", text), text));
        XElement read = XElement.Parse(markup);
        Assert.Equal(text, read.Value);
        Assert.Equal(text, read.Attribute("title")!.Value);
        Assert.Equal(text, read.Attribute("class")!.Value);
        Assert.DoesNotContain("<script", markup);
    }

    [Fact]
    public void CharactersThatNoDocumentMayHoldAreReplaced()
        => Assert.Equal("a\ufffdb\ufffdc\ufffd", XElement.Parse(Written(Markup.Element("b", null, "a\0b\ud800c\u0007"))).Value);

    [Fact]
    public void OnlyVoidElementsCloseThemselves()
    {
        Assert.Equal("<i class=\"swatch\"></i>", Written(Markup.Element("i", "swatch")));
        Assert.Equal("<br />", Written(Markup.Element("br", null)));
    }

    [Fact]
    public void StyleSheetsAreWrittenAsTheyStand()
    {
        string style = Stylesheet.Colours + Stylesheet.Page + Stylesheet.Plot + Stylesheet.Picks(3);
        Assert.Contains(style, Written(Markup.Element("style", null, style)));
    }

    private static string Written(XElement element)
    {
        StringWriter output = new();
        Markup.Write(element, output);
        return output.ToString();
    }
}

using System.Globalization;
using System.Xml.Linq;

namespace ModelPacker.Report;

/// <summary>Builds and writes markup that both HTML and XML parsers read alike. All text and attributes are escaped when written.</summary>
public static class Markup
{
    // Elements that HTML closes by itself, and shapes, which never have content.
    private static readonly HashSet<string> Void = ["meta", "br", "img", "input", "path", "circle", "line", "rect", "polygon", "polyline"];
    private static readonly HashSet<string> Blocks = ["head", "style", "section", "header", "table", "tr", "figure", "details", "svg", "g", "p", "title", "main", "meta", "div"];

    /// <summary>An element.</summary>
    /// <param name="name">Name of the element.</param>
    /// <param name="style">Its class, or null.</param>
    /// <param name="content">Text, attributes, elements, sequences of them; null: nothing.</param>
    public static XElement Element(string name, string? style, params object?[] content)
        => new(name, style is null ? null : new XAttribute("class", style), content);

    /// <summary>An attribute; numbers are rounded to a tenth.</summary>
    public static XAttribute Attribute(string name, object value)
        => new(name, value is double number ? Math.Round(number, 1).ToString(CultureInfo.InvariantCulture) : value);

    /// <summary>Writes an element.</summary>
    public static void Write(XElement element, TextWriter output)
    {
        string name = element.Name.LocalName;
        output.Write('<');
        output.Write(name);
        foreach (XAttribute attribute in element.Attributes())
        {
            output.Write($" {attribute.Name.LocalName}=\"");
            Escape(attribute.Value, true, output);
            output.Write('"');
        }

        if (Void.Contains(name))
        {
            output.Write(" />");
        }
        else
        {
            output.Write('>');
            WriteContent(element, output);
            output.Write($"</{name}>");
        }

        if (Blocks.Contains(name))
        {
            output.Write('\n');
        }
    }

    private static void WriteContent(XElement element, TextWriter output)
    {
        foreach (XNode node in element.Nodes())
        {
            if (node is XElement child)
            {
                Write(child, output);
            }
            else if (node is XText text)
            {
                Escape(text.Value, false, output);
            }
        }
    }

    // Quotes stay as they are in text: a style sheet is read as it stands.
    private static void Escape(string text, bool quotes, TextWriter output)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                output.Write(c);
                output.Write(text[++i]);
                continue;
            }

            output.Write(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' when quotes => "&quot;",
                '\'' when quotes => "&#39;",
                '\t' or '\n' => c.ToString(),

                // No document may hold these.
                < ' ' or '\x7f' or '\ufffe' or '\uffff' => "\ufffd",
                _ when char.IsSurrogate(c) => "\ufffd",
                _ => c.ToString(),
            });
        }
    }
}

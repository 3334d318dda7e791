using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ModelPacker.Data;

/// <summary>Tells sets of pictures apart, for work that goes on after an interruption.</summary>
internal static class PictureFingerprint
{
    /// <summary>Number and XXH64 of names and labels, in their order.</summary>
    public static string Of(IReadOnlyList<LabelledPicture> pictures)
    {
        XxHash64 names = new();
        foreach (LabelledPicture picture in pictures)
        {
            names.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{picture.Name}\n{picture.Label}\n")));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{pictures.Count} {names.GetCurrentHashAsUInt64():x}");
    }
}

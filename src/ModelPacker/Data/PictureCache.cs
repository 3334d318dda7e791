using EdgeRuntime.Images;

namespace ModelPacker.Data;

/// <summary>Keeps decoded pictures, as many as fit, for work that visits them again and again.</summary>
public sealed class PictureCache
{
    private const long MostBytes = 512L << 20;

    private readonly Dictionary<LabelledPicture, Picture> _kept = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    /// <summary>The decoded picture.</summary>
    public Picture Read(LabelledPicture picture)
    {
        lock (_kept)
        {
            if (_kept.TryGetValue(picture, out Picture? known))
            {
                return known;
            }
        }

        Picture read = picture.Read();
        lock (_kept)
        {
            long bytes = (long)read.Width * read.Height * 3;
            if (_bytes + bytes <= MostBytes && _kept.TryAdd(picture, read))
            {
                _bytes += bytes;
            }
        }

        return read;
    }
}

using MessagePack;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>Finds the integers, lengths and floats in MessagePack bytes, so that a mutation can hit values instead of random bits.</summary>
internal static class MessagePackSites
{
    /// <summary>Start and length of every integer and float.</summary>
    public static List<(int Start, int Length)> Numbers(byte[] bytes)
    {
        List<(int, int)> sites = [];
        Walk(bytes, (type, start, length) =>
        {
            if (type is MessagePackType.Integer or MessagePackType.Float)
            {
                sites.Add((start, length));
            }
        });
        return sites;
    }

    private static void Walk(byte[] bytes, Action<MessagePackType, int, int> visit)
    {
        MessagePackReader reader = new(bytes);
        while (!reader.End)
        {
            MessagePackType type = reader.NextMessagePackType;
            int start = (int)reader.Consumed;
            switch (type)
            {
                case MessagePackType.Array:
                    reader.ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    reader.ReadMapHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }

            visit(type, start, (int)reader.Consumed - start);
        }
    }
}

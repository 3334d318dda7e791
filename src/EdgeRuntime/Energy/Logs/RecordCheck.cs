using System.Buffers.Text;
using System.IO.Hashing;

namespace EdgeRuntime.Energy.Logs;

/// <summary>The check sum at the end of a record: <c>,"crc":"xxxxxxxx"}</c>, the CRC-32 of all bytes before it in hexadecimal digits.</summary>
internal static class RecordCheck
{
    /// <summary>Bytes of the check sum's member with the brace behind it.</summary>
    public const int Length = 18;

    /// <summary>Closes a record.</summary>
    /// <param name="open">The record without its last brace.</param>
    /// <param name="tail">Takes <see cref="Length"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> open, Span<byte> tail)
    {
        ",\"crc\":\""u8.CopyTo(tail);
        Utf8Formatter.TryFormat(Crc32.HashToUInt32(open), tail[8..], out _, new System.Buffers.StandardFormat('x', 8));
        "\"}"u8.CopyTo(tail[16..]);
    }

    /// <summary>Whether a line (without its end) is a whole record.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> line)
    {
        if (line.Length <= Length || line[0] != '{')
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Length];
        Write(line[..^Length], expected);
        return line[^Length..].SequenceEqual(expected);
    }
}

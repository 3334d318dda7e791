namespace EdgeRuntime.Images;

/// <summary>A small fixed-width font for printable ASCII: 5x9 dots (the last two rows hold descenders) in a 6x10 cell.</summary>
internal static class BitmapFont
{
    internal const int CellWidth = 6;
    internal const int CellHeight = 10;
    internal const int GlyphWidth = 5;
    internal const int GlyphHeight = 9;

    // One line per glyph: the character, then nine rows from the top, two hex digits each; bit 4 is the left dot.
    private const string Dots = """
         000000000000000000
        !040404040400040000
        "0A0A0A000000000000
        #0A0A1F0A1F0A0A0000
        $040F140E051E040000
        %181902040813030000
        &0C12140815120D0000
        '040408000000000000
        (020408080804020000
        )080402020204080000
        *00150E1F0E15000000
        +0004041F0404000000
        ,000000000006060408
        -0000000F0000000000
        .00000000000C0C0000
        /010102040810100000
        00E11131519110E0000
        1040C040404040E0000
        20E11010204081F0000
        31F02040201110E0000
        402060A121F02020000
        51F101E0101110E0000
        60608101E11110E0000
        71F0101020404040000
        80E11110E11110E0000
        90E11110F01020C0000
        :000C0C000C0C000000
        ;000606000606040800
        <020408100804020000
        =00001F001F00000000
        >080402010204080000
        ?0E1101020400040000
        @0E11171517100E0000
        A0E11111F1111110000
        B1E11111E11111E0000
        C0E11101010110E0000
        D1C12111111121C0000
        E1F10101E10101F0000
        F1F10101E1010100000
        G0E11101713110F0000
        H1111111F1111110000
        I0E04040404040E0000
        J0702020202120C0000
        K111214181412110000
        L1010101010101F0000
        M111B15151111110000
        N111119151311110000
        O0E11111111110E0000
        P1E11111E1010100000
        Q0E11111115120D0000
        R1E11111E1412110000
        S0F10100E01011E0000
        T1F0404040404040000
        U1111111111110E0000
        V11111111110A040000
        W1111111515150A0000
        X11110A040A11110000
        Y1111110A0404040000
        Z1F01020408101F0000
        [0E08080808080E0000
        \101008040201010000
        ]0E02020202020E0000
        ^040A11000000000000
        _0000000000001F0000
        `080400000000000000
        a00000E010F110F0000
        b10101E1111111E0000
        c00000E1110110E0000
        d01010F1111110F0000
        e00000E111F100E0000
        f0609081C0808080000
        g00000F1111110F010E
        h10101E111111110000
        i04000C0404040E0000
        j02000602020202120C
        k101012141814120000
        l0C04040404040E0000
        m00001A151515150000
        n00001E111111110000
        o00000E1111110E0000
        p00001E1111111E1010
        q00000F1111110F0101
        r000016191010100000
        s00000F100E011E0000
        t08081C080809060000
        u0000111111110F0000
        v00001111110A040000
        w0000111115150A0000
        x0000110A040A110000
        y0000111111110F010E
        z00001F0204081F0000
        {020404080404020000
        |040404040404040000
        }080404020404080000
        ~000008150200000000
        """;

    private static readonly byte[] Glyphs = Unpack();

    /// <summary>The nine rows of a character; a question mark for one that the font lacks.</summary>
    internal static ReadOnlySpan<byte> Glyph(char character)
    {
        int index = character is >= ' ' and <= '~' ? character - ' ' : '?' - ' ';
        return Glyphs.AsSpan(index * GlyphHeight, GlyphHeight);
    }

    private static byte[] Unpack()
    {
        byte[] glyphs = new byte[('~' - ' ' + 1) * GlyphHeight];
        foreach (ReadOnlySpan<char> line in Dots.AsSpan().EnumerateLines())
        {
            Convert.FromHexString(line[1..]).CopyTo(glyphs.AsSpan((line[0] - ' ') * GlyphHeight));
        }

        return glyphs;
    }
}

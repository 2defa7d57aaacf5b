namespace Exo.Engine.Grammars;

/// <summary>Splits ranges of code points into sequences of byte ranges, so that every path through them is well-formed UTF-8.</summary>
internal static class Utf8Ranges
{
    private static readonly (int Last, int Bytes)[] s_lengths = [(0x7F, 1), (0x7FF, 2), (0xFFFF, 3), (CodeSet.Last, 4)];

    public static IEnumerable<(byte First, byte Last)[]> Of(CodeSet set)
    {
        foreach ((int first, int last) in set.Ranges)
        {
            int from = first;
            foreach ((int end, int bytes) in s_lengths)
            {
                if (from <= Math.Min(last, end))
                {
                    foreach ((byte, byte)[] sequence in Split(from, Math.Min(last, end), bytes))
                    {
                        yield return sequence;
                    }

                    from = Math.Min(last, end) + 1;
                }
            }
        }
    }

    /// <summary>Cuts until only the last bytes' ranges differ from whole ones.</summary>
    private static IEnumerable<(byte, byte)[]> Split(int first, int last, int bytes)
    {
        for (int i = 1; i < bytes; i++)
        {
            int mask = (1 << (6 * i)) - 1;
            if ((first & ~mask) != (last & ~mask))
            {
                if ((first & mask) != 0)
                {
                    return [.. Split(first, first | mask, bytes), .. Split((first | mask) + 1, last, bytes)];
                }

                if ((last & mask) != mask)
                {
                    return [.. Split(first, (last & ~mask) - 1, bytes), .. Split(last & ~mask, last, bytes)];
                }
            }
        }

        (byte, byte)[] sequence = new (byte, byte)[bytes];
        for (int i = 0; i < bytes; i++)
        {
            sequence[i] = (Byte(first, i, bytes), Byte(last, i, bytes));
        }

        return [sequence];
    }

    private static byte Byte(int code, int index, int bytes)
    {
        int bits = code >> (6 * (bytes - 1 - index));
        return index > 0 ? (byte)(0x80 | (bits & 0x3F)) : bytes switch
        {
            1 => (byte)bits,
            2 => (byte)(0xC0 | bits),
            3 => (byte)(0xE0 | bits),
            _ => (byte)(0xF0 | bits),
        };
    }
}

namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// The letters in which byte-level vocabularies write bytes (GPT-2): printable Latin-1 characters stand for themselves, the other 68 bytes,
/// in order, for U+0100 and up.
/// </summary>
internal static class ByteLetters
{
    private static readonly char[] s_letters = Letters();
    private static readonly short[] s_bytes = Bytes();

    public static char Of(byte value) => s_letters[value];

    /// <summary>The byte of a letter; -1 for a character that is none.</summary>
    public static int ByteOf(char letter) => letter < s_bytes.Length ? s_bytes[letter] : -1;

    private static char[] Letters()
    {
        char[] letters = new char[256];
        int next = 256;
        for (int i = 0; i < 256; i++)
        {
            bool printable = i is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            letters[i] = printable ? (char)i : (char)next++;
        }

        return letters;
    }

    private static short[] Bytes()
    {
        short[] bytes = new short[256 + 68];
        Array.Fill<short>(bytes, -1);
        for (int i = 0; i < 256; i++)
        {
            bytes[s_letters[i]] = (short)i;
        }

        return bytes;
    }
}

using System.Globalization;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Escape sequences in the texts of a template; Python's.</summary>
internal static class Escapes
{
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        StringBuilder decoded = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                decoded.Append(text[i]);
                continue;
            }

            i++;
            i += Escape(text, i, decoded);
        }

        return decoded.ToString();
    }

    // Appends what the escape means; gives the number of characters after its letter.
    private static int Escape(ReadOnlySpan<char> text, int at, StringBuilder decoded)
    {
        char c = text[at];
        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (at + digits < text.Length
                && uint.TryParse(text.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code) && code <= 0x10FFFF)
            {
                _ = code < 0x10000 ? decoded.Append((char)code) : decoded.Append(char.ConvertFromUtf32((int)code));
                return digits;
            }

            throw new JinjaException($"\"\\{c}\" needs {digits} hexadecimal digits");
        }

        if (c is >= '0' and <= '7')
        {
            int value = 0;
            int length = 0;
            while (length < 3 && at + length < text.Length && text[at + length] is >= '0' and <= '7')
            {
                value = (value * 8) + text[at + length++] - '0';
            }

            decoded.Append((char)value);
            return length - 1;
        }

        _ = c switch
        {
            'n' => decoded.Append('\n'),
            't' => decoded.Append('\t'),
            'r' => decoded.Append('\r'),
            'a' => decoded.Append('\a'),
            'b' => decoded.Append('\b'),
            'f' => decoded.Append('\f'),
            'v' => decoded.Append('\v'),
            '\\' or '\'' or '"' => decoded.Append(c),
            '\n' => decoded,
            _ => decoded.Append('\\').Append(c),
        };
        return 0;
    }
}

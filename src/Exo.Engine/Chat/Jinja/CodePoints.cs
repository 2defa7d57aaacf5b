using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Texts by code point: Python counts an emoji as one.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        int surrogates = 0;
        foreach (char c in text)
        {
            surrogates += char.IsLowSurrogate(c) ? 1 : 0;
        }

        return text.Length - surrogates;
    }

    public static bool AreChars(string text)
    {
        foreach (char c in text)
        {
            if (char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }

    public static List<object?> Split(string text) => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())];

    public static string At(string text, int index) => AreChars(text) ? text[index].ToString() : text.EnumerateRunes().ElementAt(index).ToString();

    public static string Select(string text, IEnumerable<int> indices)
    {
        StringBuilder selected = new();
        if (AreChars(text))
        {
            foreach (int index in indices)
            {
                selected.Append(text[index]);
            }
        }
        else
        {
            Rune[] runes = [.. text.EnumerateRunes()];
            foreach (int index in indices)
            {
                selected.Append(runes[index].ToString());
            }
        }

        return selected.ToString();
    }

    /// <summary>The code point index of a place in the text.</summary>
    public static int IndexOf(string text, int at) => at < 0 ? at : Count(text[..at]);
}

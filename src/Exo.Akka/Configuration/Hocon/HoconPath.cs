using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Dotted paths whose elements may be quoted: <c>akka."a.b".c</c>.</summary>
internal static class HoconPath
{
    public static List<string> Split(string path)
    {
        List<string> elements = [];
        StringBuilder element = new();
        bool isQuoted = false;
        foreach (char c in path)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (c == '.' && !isQuoted)
            {
                elements.Add(element.ToString());
                element.Clear();
            }
            else
                element.Append(c);
        }

        elements.Add(element.ToString());
        return elements;
    }

    public static HoconValue Find(HoconValue root, List<string> elements)
    {
        HoconValue value = root;
        foreach (string element in elements)
        {
            value = value.GetChildObject(element);
            if (value is null)
                return null;
        }

        return value;
    }
}

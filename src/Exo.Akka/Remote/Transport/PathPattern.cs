namespace Akka.Remote.Transport;

/// <summary>Paths such as <c>/user/shards/*</c>: a star stands for one element, a double star at the end for all below.</summary>
internal static class PathPattern
{
    public static bool Matches(string pattern, string path)
    {
        string[] wanted = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] elements = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "**" && i == wanted.Length - 1)
                return elements.Length >= i;
            if (i >= elements.Length || !Element(wanted[i], elements[i]))
                return false;
        }

        return wanted.Length == elements.Length;
    }

    private static bool Element(string pattern, string element)
    {
        int star = pattern.IndexOf('*');
        if (star < 0)
            return pattern == element;
        return element.Length >= pattern.Length - 1
            && element.StartsWith(pattern[..star], StringComparison.Ordinal)
            && element.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }
}

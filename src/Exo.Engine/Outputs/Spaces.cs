namespace Exo.Engine.Outputs;

/// <summary>What counts as white space beside a marker: space, tab and the two line ends, nothing more.</summary>
internal static class Spaces
{
    private const string All = " \t\r\n";

    public static bool Contain(char c) => All.Contains(c, StringComparison.Ordinal);

    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text) => text.TrimStart(All);

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text) => text.TrimEnd(All);
}

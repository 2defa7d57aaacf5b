namespace Exo.House.Tests;

/// <summary>Fails with every finding at once: file, line, rule and what to do.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string> findings, string rule)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, $"{rule}\n{string.Join('\n', all.Take(40))}{(all.Length > 40 ? $"\n… and {all.Length - 40} more" : "")}");
    }
}

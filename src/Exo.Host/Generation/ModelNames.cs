namespace Exo.Host.Generation;

/// <summary>From the name in a request to the name of a usable model; names are only compared, never opened as paths.</summary>
internal static class ModelNames
{
    private const int Suggestions = 3;

    /// <summary>The exact name, else the same in another case, else the only one that begins so; otherwise null.</summary>
    public static string? Resolve(string asked, IEnumerable<ModelListing> models)
    {
        string[] names = [.. models.Select(model => model.Name)];
        if (asked.Length == 0 || names.Contains(asked))
        {
            return asked.Length == 0 ? null : asked;
        }

        string[] sameLetters = [.. names.Where(name => name.Equals(asked, StringComparison.OrdinalIgnoreCase))];
        string[] beginsSo = [.. names.Where(name => name.StartsWith(asked, StringComparison.OrdinalIgnoreCase))];
        return sameLetters is [string same] ? same : beginsSo is [string longer] ? longer : null;
    }

    /// <summary>The nearest names by edit distance, nearest first.</summary>
    public static IReadOnlyList<string> Closest(string asked, IEnumerable<ModelListing> models) =>
        [.. models.Select(model => model.Name).OrderBy(name => Distance(asked.Length > 100 ? asked[..100] : asked, name)).Take(Suggestions)];

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}

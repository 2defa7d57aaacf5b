namespace Exo.Actors.Configuration;

/// <summary>Finds the name that somebody meant.</summary>
public static class NearestName
{
    // A distance takes time by both lengths, and what was typed may come from the network.
    private const int LongestTyped = 100;

    /// <summary>The names by how many letters must be put in, left out or changed, whatever their case; the nearest first.</summary>
    /// <param name="typed">What was typed; only its first hundred letters count.</param>
    /// <param name="names">What could be meant; equally near ones keep their order.</param>
    public static IEnumerable<string> Order(string typed, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(typed);
        string start = typed.Length > LongestTyped ? typed[..LongestTyped] : typed;
        return names.OrderBy(name => Distance(start, name));
    }

    /// <summary>The nearest of the names.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="names">What could be meant.</param>
    /// <exception cref="InvalidOperationException">There are no names.</exception>
    public static string Of(string typed, IEnumerable<string> names) => Order(typed, names).First();

    /// <summary>Levenshtein's distance.</summary>
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
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}

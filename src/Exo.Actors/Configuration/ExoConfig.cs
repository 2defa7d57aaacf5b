using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Exo.Actors.Configuration;

/// <summary>The configuration: <c>reference.conf</c> with the user's HOCON laid over it.</summary>
internal static class ExoConfig
{
    public static Config Reference { get; } = ConfigurationFactory.FromResource("Exo.reference.conf", typeof(ExoConfig).Assembly);

    /// <summary>Lays a user's text over the reference.</summary>
    /// <exception cref="ConfigurationException">A key below <c>exo</c> is unknown; the message names the nearest one.</exception>
    public static Config With(string? hocon)
    {
        if (string.IsNullOrWhiteSpace(hocon))
        {
            return Reference;
        }

        Config user = ConfigurationFactory.ParseString(hocon);
        HashSet<string> known = [.. Keys(Reference)];
        foreach (string key in Keys(user).Where(key => !known.Contains(key)))
        {
            string nearest = known.MinBy(candidate => Distance(candidate, key))!;
            throw new ConfigurationException($"There is no key {key}; the nearest is {nearest}. hocon/reference.conf explains them all.");
        }

        return user.WithFallback(Reference);
    }

    /// <summary>The full names of all keys below exo.</summary>
    internal static IEnumerable<string> Keys(Config config) => config.HasPath("exo") ? Leaves("exo", config.GetValue("exo")) : [];

    private static IEnumerable<string> Leaves(string path, HoconValue value) =>
        value.IsObject() ? value.GetObject().Items.SelectMany(item => Leaves($"{path}.{item.Key}", item.Value)) : [path];

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
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}

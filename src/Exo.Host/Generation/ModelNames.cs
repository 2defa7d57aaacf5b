using Exo.Actors.Configuration;

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

    /// <summary>The nearest names, nearest first.</summary>
    public static IReadOnlyList<string> Closest(string asked, IEnumerable<ModelListing> models) => [.. NearestName.Order(asked, models.Select(model => model.Name)).Take(Suggestions)];
}

using Akka.Configuration.Hocon;

namespace Exo.Actors.Configuration;

/// <summary>
/// Finds a value that contains itself, as of <c>a = ${a}</c>. Akka.NET's reader lets it pass, and whoever then looks at the value
/// overflows the stack, which ends the process; the embedded reader refuses the text.
/// </summary>
internal static class SelfReference
{
    /// <summary>The key whose value contains itself, or null. Looks at substitutions before anyone follows them.</summary>
    public static string? Find(HoconValue root) => Find("", root, new HashSet<HoconValue>(ReferenceEqualityComparer.Instance), new HashSet<HoconValue>(ReferenceEqualityComparer.Instance));

    private static string? Find(string path, HoconValue value, HashSet<HoconValue> open, HashSet<HoconValue> sound)
    {
        if (sound.Contains(value))
        {
            return null;
        }

        if (!open.Add(value))
        {
            return path;
        }

        foreach (IHoconElement element in value.Values)
        {
            foreach ((string inner, HoconValue next) in Contents(path, element))
            {
                if (Find(inner, next, open, sound) is { } found)
                {
                    return found;
                }
            }
        }

        open.Remove(value);
        sound.Add(value);
        return null;
    }

    private static IEnumerable<(string Path, HoconValue Value)> Contents(string path, IHoconElement element) => element switch
    {
        HoconObject members => members.Items.Select(item => (path.Length == 0 ? item.Key : $"{path}.{item.Key}", item.Value)),
        HoconArray items => items.Select(item => (path, item)),
        HoconSubstitution { ResolvedValue: { } resolved } => [(path, resolved)],
        _ => [],
    };
}

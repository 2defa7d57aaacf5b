using System.Text;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace Akka.Hosting.Configuration;

/// <summary>Reads the host's configuration as HOCON.</summary>
public static class ConfigurationHoconAdapter
{
    public static Config ToHocon(this IConfiguration config, bool normalizeKeys = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        StringBuilder text = new();
        foreach (IConfigurationSection section in Sections(config))
            Append(text, section, normalizeKeys);
        return ConfigurationFactory.ParseString(text.ToString());
    }

    private static IEnumerable<IConfigurationSection> Sections(IConfiguration config)
        => config is IConfigurationSection { Value: not null } single ? [single] : config.GetChildren();

    private static void Append(StringBuilder text, IConfigurationSection section, bool normalize)
    {
        string key = normalize ? section.Key.ToLowerInvariant() : section.Key;
        // A dot in a key is a step of the path, as in HOCON.
        text.Append(string.Join('.', key.Split('.').Select(Quoted))).Append(' ');
        AppendValue(text, section, normalize);
        text.Append('\n');
    }

    private static void AppendValue(StringBuilder text, IConfigurationSection section, bool normalize)
    {
        IConfigurationSection[] children = [.. section.GetChildren()];
        if (children.Length == 0)
        {
            text.Append("= ").Append(Quoted(section.Value ?? ""));
            return;
        }

        if (children.All(child => int.TryParse(child.Key, out _)))
        {
            text.Append("= [");
            foreach (IConfigurationSection child in children.OrderBy(child => int.Parse(child.Key)))
                text.Append(Quoted(child.Value ?? "")).Append(", ");
            text.Append(']');
            return;
        }

        text.Append("{\n");
        foreach (IConfigurationSection child in children)
            Append(text, child, normalize);
        text.Append('}');
    }

    private static string Quoted(string text)
        => '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + '"';
}

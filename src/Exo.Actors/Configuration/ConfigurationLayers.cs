using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Exo.Actors.Configuration;

/// <summary>
/// All settings after the one precedence: command line over <c>EXO_</c> variables over the user's file over <c>reference.conf</c>;
/// with where each comes from, and what was given that nobody knows.
/// </summary>
public sealed partial class ConfigurationLayers
{
    private static readonly string[] s_roots = ["exo", "akka", "petabridge"];

    /// <summary>Sections of the runtime whose loss would change everything.</summary>
    private static readonly string[] s_runtimeSections =
        ["akka", "akka.actor", "akka.remote", "akka.remote.dot-netty", "akka.remote.dot-netty.tcp", "akka.cluster", "akka.cluster.failure-detector", "akka.cluster.split-brain-resolver"];

    private ConfigurationLayers(ImmutableArray<EffectiveSetting> values, ImmutableArray<string> warnings, UserFile? file, string overrides)
    {
        Values = values;
        Warnings = warnings;
        File = file?.Text;
        FilePath = file?.Path;
        Overrides = overrides;
    }

    /// <summary>Every setting of Exo in the order of <c>reference.conf</c>, then the keys of the runtime that the file or <c>reference.conf</c> sets.</summary>
    public ImmutableArray<EffectiveSetting> Values { get; }

    /// <summary>What was given and changes nothing, each a sentence with the nearest name.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>The user's HOCON; null = none.</summary>
    public string? File { get; }

    /// <summary>Where it lies; null = nowhere.</summary>
    public string? FilePath { get; }

    /// <summary>What variables and the command line set, as HOCON to be laid over the file.</summary>
    public string Overrides { get; }

    /// <summary>Lays the layers over each other.</summary>
    /// <param name="file">The user's file; null = none.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="commandLine">Values by the key that an option sets.</param>
    /// <exception cref="ConfigurationException">The file cannot be read, or a value does not fit its key; says where it stands and what would fit.</exception>
    public static ConfigurationLayers Read(UserFile? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> commandLine)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(commandLine);
        List<string> warnings = [];
        Dictionary<string, EffectiveSetting> values = [];
        foreach ((string key, HoconValue value) in ExoConfig.Leaves(ExoConfig.Reference))
        {
            values[key] = new EffectiveSetting(key, Plain(SettingCatalog.Find(key), value), SettingLayer.Default, "default");
        }

        ReadFile(file, values, warnings);
        List<string> overrides = [];
        foreach (Setting setting in SettingCatalog.All)
        {
            if (environment.TryGetValue(setting.Variable, out string? variable) && variable.Length > 0)
            {
                values[setting.Key] = Checked(setting, variable.Trim(), SettingLayer.Environment, setting.Variable);
            }

            if (commandLine.TryGetValue(setting.Key, out string? option))
            {
                values[setting.Key] = Checked(setting, option, SettingLayer.CommandLine, setting.Option ?? setting.Key);
            }

            if (values[setting.Key] is { Layer: > SettingLayer.File } set)
            {
                overrides.Add(SettingText.Assignment(setting, set.Text));
            }
        }

        ReadUnknownVariables(environment.Keys, warnings);
        IEnumerable<EffectiveSetting> runtime = values.Values.Where(value => SettingCatalog.Find(value.Key) is null).OrderBy(value => value.Key, StringComparer.Ordinal);
        return new ConfigurationLayers([.. SettingCatalog.All.Select(setting => values[setting.Key]), .. runtime], [.. warnings], file, string.Join('\n', overrides));
    }

    /// <summary>The value that counts.</summary>
    /// <param name="key">A key of <see cref="SettingCatalog"/>.</param>
    public EffectiveSetting this[string key] => Values.First(value => value.Key == key);

    /// <summary>What <c>reference.conf</c> says above a key; empty for keys that it does not have.</summary>
    /// <param name="key">Its full name.</param>
    public static ImmutableArray<string> Explanation(string key)
    {
        if (!HoconPositions.Of(ExoConfig.ReferenceText).TryGetValue(key, out (int Line, int Column) at))
        {
            return [];
        }

        string[] lines = ExoConfig.ReferenceText.Split('\n');
        int first = at.Line - 1;
        while (first > 0 && lines[first - 1].TrimStart().StartsWith('#'))
        {
            first--;
        }

        return [.. lines[first..(at.Line - 1)].Select(line => line.Trim().TrimStart('#').Trim())];
    }

    /// <summary>The known key that a mistyped one most likely means.</summary>
    /// <param name="key">What was typed.</param>
    public static string Nearest(string key) => NearestName.Of(key, SettingCatalog.All.Select(setting => setting.Key));

    private static void ReadFile(UserFile? file, Dictionary<string, EffectiveSetting> values, List<string> warnings)
    {
        if (file is null)
        {
            return;
        }

        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(file.Text);
        }
        catch (Exception e) when (e is ConfigurationException or FormatException)
        {
            throw new ConfigurationException($"{file.Path}: {e.Message}", e);
        }

        if (SelfReference.Find(config.Root) is { } circular)
        {
            throw new ConfigurationException($"{file.Path}: {circular} refers to itself or to a section around it; write its value out.");
        }

        foreach (Match match in EnvironmentSubstitution().Matches(file.Text))
        {
            warnings.Add($"{file.Path}: {match.Value} is nothing, as HOCON does not read environment variables here; set the key by its EXO_ variable (`exo config show KEY` names it).");
        }

        IReadOnlyDictionary<string, (int Line, int Column)> positions = HoconPositions.Of(file.Text);
        foreach ((string key, HoconValue value) in ExoConfig.Leaves(config))
        {
            string where = positions.TryGetValue(key, out (int Line, int Column) at) ? FormattableString.Invariant($"{file.Path}, line {at.Line}, column {at.Column}") : file.Path;
            string root = key.Split('.')[0];
            if (SettingCatalog.Find(key) is { } setting)
            {
                string text = SettingText.Read(setting, value)
                    ?? throw new ConfigurationException($"{where}: {key} must be {setting.Expected}, and what stands there is {(value.IsArray() ? "a list" : "none")}.");
                values[key] = Checked(setting, text, SettingLayer.File, where);
            }
            else if (s_runtimeSections.Contains(key) || SettingCatalog.All.Any(known => known.Key.StartsWith(key + ".", StringComparison.Ordinal)))
            {
                throw new ConfigurationException($"{where}: {key} must be a section, as {key} {{ … }}; a value there would hide all of its keys.");
            }
            else if (root != "exo" && s_roots.Contains(root))
            {
                values[key] = new EffectiveSetting(key, Plain(null, value), SettingLayer.File, where);
                if (root == "akka" && !RuntimeKeys.Has(key))
                {
                    warnings.Add($"{where}: the actor runtime has no key {key}, so it changes nothing; did you mean {RuntimeKeys.Nearest(key)}?");
                }
            }
            else
            {
                warnings.Add($"{where}: there is no key {key}, so it changes nothing; did you mean {Nearest(root == "exo" ? key : "exo." + key)}? `exo config show` lists all of them.");
            }
        }
    }

    private static void ReadUnknownVariables(IEnumerable<string> names, List<string> warnings)
    {
        HashSet<string> known = [.. SettingCatalog.All.Select(setting => setting.Variable), .. SettingCatalog.OtherVariables];
        foreach (string name in names.Where(name => name.StartsWith("EXO_", StringComparison.Ordinal) && !known.Contains(name)).Order(StringComparer.Ordinal))
        {
            warnings.Add($"There is no variable {name}, so it changes nothing; did you mean {NearestName.Of(name, known)}? `exo config show --json` lists all of them.");
        }
    }

    private static EffectiveSetting Checked(Setting setting, string text, SettingLayer layer, string where) => SettingText.Fits(setting, text)
        ? new EffectiveSetting(setting.Key, text, layer, where)
        : throw new ConfigurationException($"{where}: {(layer == SettingLayer.File ? setting.Key : "the value")} is '{(setting.IsSecret ? "(hidden)" : text)}'; it must be {setting.Expected}.");

    private static string Plain(Setting? setting, HoconValue value) =>
        setting is not null ? SettingText.Read(setting, value)!
        : value.IsArray() ? string.Join(",", value.GetArray().Select(item => item.ToString()))
        : value.GetString() ?? "";

    [GeneratedRegex(@"\$\{\?[A-Z][A-Z0-9_]*\}")]
    private static partial Regex EnvironmentSubstitution();
}

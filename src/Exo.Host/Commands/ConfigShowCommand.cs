using System.CommandLine;
using System.Text.Json;
using Exo.Actors.Configuration;
using Exo.Host.Composition;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo config show`: every value that counts, and where it comes from.</summary>
internal static class ConfigShowCommand
{
    public static Command Create()
    {
        Argument<string?> key = new("key") { Description = "One key, or the beginning of some; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        Option<FileInfo?> config = CreateFileOption();
        Option<bool> json = new("--json") { Description = "Print the settings as JSON." };
        Command command = new("show", "Show every value that counts, and where it comes from.") { key, config, json };
        command.SetAction(parse => Run(parse.GetValue(key), parse.GetValue(config), parse.GetValue(json), Screen.Standard));
        return command.WithExamples("exo config show", "exo config show exo.ring.sessions", "EXO_RING_SESSIONS=8 exo config show exo.ring", "exo config show --json");
    }

    public static Option<FileInfo?> CreateFileOption() => new("--config")
    {
        Description = $"HOCON file with settings; without it, {DeviceConfiguration.Variable} or {DeviceConfiguration.FileName} in the home.",
        HelpName = "FILE",
    };

    /// <summary>Says what was given and changes nothing.</summary>
    public static void Warn(ConfigurationLayers layers)
    {
        foreach (string warning in layers.Warnings)
        {
            Console.Error.WriteLine(warning);
        }
    }

    private static int Run(string? key, FileInfo? file, bool json, Screen screen)
    {
        ConfigurationLayers layers = DeviceConfiguration.Read(HomeFolder.Resolve(), file, new Dictionary<string, string>());
        Warn(layers);
        EffectiveSetting[] shown = [.. layers.Values.Where(value => key is null || value.Key == key || value.Key.StartsWith(key + ".", StringComparison.Ordinal))];
        if (shown.Length == 0)
        {
            throw new CommandFailureException($"There is no key {key}; did you mean {ConfigurationLayers.Nearest(key!)}? `exo config show` lists all of them.", ExitCode.Usage);
        }

        if (json)
        {
            screen.Line(JsonSerializer.Serialize([.. shown.Select(Line)], SettingJson.Default.SettingLineArray));
        }
        else if (shown is [{ } one] && one.Key == key)
        {
            ShowOne(one, screen);
        }
        else
        {
            screen.Table(["key", "value", "from"], shown.Select(value => (string[])[value.Key, value.Shown.Length == 0 ? "\"\"" : value.Shown, value.Origin]));
        }

        return ExitCode.Ok;
    }

    private static void ShowOne(EffectiveSetting value, Screen screen)
    {
        screen.Line($"{screen.Bold(value.Key)} = {(value.Shown.Length == 0 ? "\"\"" : value.Shown)}   ({value.Origin})");
        foreach (string line in ConfigurationLayers.Explanation(value.Key))
        {
            screen.Line("  " + line);
        }

        if (SettingCatalog.Find(value.Key) is { } setting)
        {
            screen.Line(screen.Faint($"  {setting.Expected}; variable {setting.Variable}{(setting.Option is { } option ? $"; exo up {option}" : "")}"));
        }
    }

    private static SettingLine Line(EffectiveSetting value)
    {
        Setting? setting = SettingCatalog.Find(value.Key);
        string layer = value.Layer switch
        {
            SettingLayer.Default => "default",
            SettingLayer.File => "file",
            SettingLayer.Environment => "environment",
            _ => "command line",
        };
        return new SettingLine(value.Key, value.Shown, layer, value.Origin, setting?.Variable, setting?.Option) { Expected = setting?.Expected };
    }
}

using System.Collections;
using System.Globalization;
using Akka.Configuration;
using Exo.Actors.Configuration;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Composition;

/// <summary>Finds the user's file and the variables, lays them over each other, and makes a device's options of the result.</summary>
internal static class DeviceConfiguration
{
    public const string Variable = "EXO_CONFIG";
    public const string FileName = "exo.conf";

    private const int MaxFileBytes = 1 << 20;

    /// <param name="home">Where the user's file lies unless another is named.</param>
    /// <param name="named">The file of --config, or null.</param>
    /// <param name="commandLine">Values by key, as options gave them.</param>
    /// <exception cref="CommandFailureException">The file cannot be read, or a value does not fit; the message has the place and the remedy.</exception>
    public static ConfigurationLayers Read(string home, FileInfo? named, IReadOnlyDictionary<string, string> commandLine)
    {
        Dictionary<string, string> variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        FileInfo? asked = named ?? (variables.TryGetValue(Variable, out string? path) && path.Length > 0 ? new FileInfo(path) : null);
        FileInfo file = asked ?? new FileInfo(Path.Combine(home, FileName));
        try
        {
            return ConfigurationLayers.Read(asked is null && !file.Exists ? null : new UserFile(file.FullName, Text(file)), variables, commandLine);
        }
        catch (ConfigurationException e)
        {
            throw new CommandFailureException(e.Message, ExitCode.Usage);
        }
    }

    /// <summary>What a device is to do after all layers.</summary>
    /// <exception cref="CommandFailureException">The cluster key's file cannot be used.</exception>
    public static DeviceOptions Options(ConfigurationLayers layers, string home)
    {
        string memory = layers["exo.device.memory"].Text;
        int stages = Integer(layers, "exo.model.stages");
        return new DeviceOptions
        {
            Home = home,
            Cluster = new HostPort(layers["exo.device.host"].Text, Integer(layers, "exo.device.port")),
            Http = Address(layers, "exo.gateway.address"),
            Pbm = Address(layers, "exo.commands.address"),
            Seeds = [.. Items(layers, "exo.device.seeds").Select(seed => Seed(layers, seed))],
            Model = layers["exo.model.name"].Text is { Length: > 0 } model ? model : null,
            Stages = stages == 0 ? null : stages,
            Cut = [.. Items(layers, "exo.model.cut").Select(unit => Unit(layers, unit))],
            MemoryBytes = memory.Length == 0 ? null : ConfigurationFactory.ParseString($"bytes = \"{memory}\"").GetByteSize("bytes"),
            Threads = Integer(layers, "exo.device.threads"),
            Name = layers["exo.device.name"].Text is { Length: > 0 } name ? name : null,
            ApiKey = layers["exo.gateway.api-key"].Text is { Length: > 0 } api ? api : null,
            ClusterKey = Key(layers, home),
            Configuration = layers.File,
            ConfigurationFile = layers.FilePath,
            Overrides = layers.Overrides,
        };
    }

    /// <summary>What the actor runtime found wrong with a value of the user's file, which it reads unchecked; null for any other failure.</summary>
    public static CommandFailureException? Fault(DeviceOptions options, Exception failure)
    {
        Exception? found = failure;
        while (found is not (null or ConfigurationException or FormatException or OverflowException or NotSupportedException))
        {
            found = found.InnerException;
        }

        return options.ConfigurationFile is null || found is null ? null : new CommandFailureException($"{options.ConfigurationFile}: {found.Message}", ExitCode.Usage);
    }

    private static string Text(FileInfo file)
    {
        try
        {
            return file.Length <= MaxFileBytes
                ? File.ReadAllText(file.FullName)
                : throw new CommandFailureException($"{file.FullName} has {file.Length} bytes and is no configuration: give --config a HOCON file.", ExitCode.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"The configuration {file.FullName} cannot be read ({e.Message}): give --config or {Variable} a file that can.", e);
        }
    }

    /// <summary>The key and its file are one setting with two names: the nearer layer wins, then the key itself, then the file in the home.</summary>
    private static string? Key(ConfigurationLayers layers, string home)
    {
        EffectiveSetting key = layers["exo.remote.cluster-key"];
        EffectiveSetting path = layers["exo.remote.cluster-key-file"];
        if (key.Text.Length > 0 && (path.Text.Length == 0 || key.Layer >= path.Layer))
        {
            return key.Text;
        }

        FileInfo file = path.Text.Length > 0 ? new FileInfo(path.Text) : ClusterKey.InHome(home);
        if (path.Text.Length == 0 && !file.Exists)
        {
            return null;
        }

        string secret = ClusterKey.Read(file);
        if (ClusterKey.IsShared(file))
        {
            Console.Error.WriteLine($"{file.FullName} can be read by other users of this machine: chmod 600 {file.FullName}");
        }

        return secret;
    }

    private static int Integer(ConfigurationLayers layers, string key) => int.Parse(layers[key].Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string[] Items(ConfigurationLayers layers, string key) => layers[key].Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static HostPort Address(ConfigurationLayers layers, string key) =>
        HostPort.TryParse(layers[key].Text, out HostPort? address) ? address : throw Wrong(layers[key], "HOST:PORT, as 127.0.0.1:52415");

    private static string Seed(ConfigurationLayers layers, string seed) =>
        SeedAddresses.IsValid(seed) ? seed : throw Wrong(layers["exo.device.seeds"], "the HOST:PORT that other devices printed as their cluster, an SRV name as _exo._tcp.example.com, or tailscale:PORT");

    private static int Unit(ConfigurationLayers layers, string unit) =>
        int.TryParse(unit, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Wrong(layers["exo.model.cut"], "rising unit numbers, as 2,5");

    private static CommandFailureException Wrong(EffectiveSetting setting, string expected) =>
        new($"{setting.Origin}: {setting.Key} is '{setting.Text}'; it must be {expected}.", ExitCode.Usage);
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Exo.Actors.Configuration;
using Exo.Host.Composition;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo up`: this process becomes a device until it is told to end.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        Option<string> host = new("--host") { Description = "Address that the other devices reach. Default 127.0.0.1.", HelpName = "A" };
        Option<int> port = new("--port") { Description = "Port of the cluster; 0 takes a free one.", HelpName = "P" };
        Option<HostPort> http = Address("--http", "Address of the HTTP gateway.");
        Option<HostPort> pbm = Address("--pbm", "Address of the command port.");
        Option<string[]> seed = new("--seed") { Description = "A device to join; may be repeated. Without it, those of this machine.", HelpName = "A:P" };
        Option<string?> model = new("--model") { Description = "Model to serve: a name, a GGUF file or a safetensors folder.", HelpName = "NAME-OR-PATH" };
        Option<int?> stages = new("--stages") { Description = "Into how many slices the model is cut; the ring waits for as many devices.", HelpName = "N" };
        Option<int[]> cut = new("--cut") { Description = "Where it is cut: the first unit of every stage but the first, as 2,5.", HelpName = "U,U…", CustomParser = ParseCut };
        Option<long?> memory = new("--memory") { Description = "Memory to offer, as 4GiB; without it, what the machine has free.", HelpName = "SIZE", CustomParser = ParseSize };
        Option<int> threads = new("--threads") { Description = "Compute threads; 0 takes one per physical core.", HelpName = "N" };
        Option<string?> name = new("--name") { Description = "Name of this device; without it, the machine's name and a number.", HelpName = "NAME" };
        Option<FileInfo?> keyFile = new("--key-file") { Description = "File with the cluster key; without it, EXO_CLUSTER_KEY, EXO_CLUSTER_KEY_FILE or cluster.key in the home.", HelpName = "FILE" };
        Option<FileInfo?> config = ConfigShowCommand.CreateFileOption();
        Option<bool> json = new("--json") { Description = "Print one line of JSON instead of text." };
        Option<int?> parent = new("--parent-pid") { Description = "Ends when this process is gone.", Hidden = true };
        Command command = new("up", "Make this machine a device: join or form a cluster and answer HTTP.")
        {
            host, port, http, pbm, seed, model, stages, cut, memory, threads, name, keyFile, config, json, parent,
        };
        command.SetAction(async (parse, ct) =>
        {
            ConfigurationLayers layers = DeviceConfiguration.Read(HomeFolder.Resolve(), parse.GetValue(config), Given(parse));
            ConfigShowCommand.Warn(layers);
            DeviceOptions options = DeviceConfiguration.Options(layers, HomeFolder.Resolve());
            return await RunAsync(options, parse.GetValue(json), parse.GetValue(parent), Screen.Standard, ct);
        });
        CheckRange(port, 0, 65535);
        CheckRange(threads, 0, 1024);
        CheckRange(stages, 1, 1024);
        seed.Validators.Add(CheckSeeds);
        return command.WithExamples(
            "exo up",
            "exo up --model exo-demo --stages 3 --http 127.0.0.1:52415",
            "exo up --host 192.168.1.11 --seed 192.168.1.10:4100   (with the cluster's key: exo key cluster)");
    }

    private static async Task<int> RunAsync(DeviceOptions options, bool json, int? parent, Screen screen, CancellationToken ct)
    {
        await using DeviceHost device = await StartAsync(options, ct);
        if (json)
        {
            screen.Line(JsonSerializer.Serialize(device.File, NodeLine.Default.NodeFile));
        }
        else
        {
            Show(device, options, screen);
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct, device.Stopping);
        Task parentGone = parent is { } pid ? ParentWatch.GoneAsync(pid, over.Token) : Task.Delay(Timeout.InfiniteTimeSpan, over.Token);
        await parentGone.ContinueWith(static _ => { }, TaskScheduler.Default);
        bool told = ct.IsCancellationRequested || !device.Stopping.IsCancellationRequested;
        if (!json)
        {
            screen.Line(told ? "Leaving the cluster." : device.HasLeft ? "Somebody asked this device to leave the cluster, and it has." : "The device ended; see the lines above.");
        }

        return told || device.HasLeft ? ExitCode.Ok : ExitCode.Failure;
    }

    private static async Task<DeviceHost> StartAsync(DeviceOptions options, CancellationToken ct)
    {
        try
        {
            return await DeviceHost.StartAsync(options, ct);
        }
        catch (Exception e) when (DeviceConfiguration.Fault(options, e) is not null)
        {
            throw DeviceConfiguration.Fault(options, e)!;
        }
    }

    private static void Show(DeviceHost device, DeviceOptions options, Screen screen)
    {
        NodeFile file = device.File;
        string model = options.Model ?? "exo-demo";
        screen.Line($"{screen.Bold($"Exo {file.Version}, device {file.Name}")}");
        screen.Line($"  gateway   http://{file.Http}");
        screen.Line($"  cluster   {file.Akka}   {(device.Joined == 0 ? "a new cluster" : string.Create(CultureInfo.InvariantCulture, $"joins by {device.Joined} address{(device.Joined == 1 ? "" : "es")}"))}");
        screen.Line($"  commands  pbm {file.Pbm}");
        screen.Line($"  model     {(options.Model is null ? "none asked for; the first request loads one" : options.Model)}{(options.Stages is { } stages ? string.Create(CultureInfo.InvariantCulture, $", in {stages} stages") : "")}");
        screen.Line(screen.Faint($"  ask it    {CurlLine.For(file.Http, Path.GetFileNameWithoutExtension(model), "What is Exo?")}"));
        screen.Line(screen.Faint("  Ctrl+C leaves the cluster."));
    }

    /// <summary>The settings that options were given for, as the configuration writes them.</summary>
    private static Dictionary<string, string> Given(ParseResult parse)
    {
        Dictionary<string, string> given = [];
        foreach (Setting setting in SettingCatalog.All.Where(setting => setting.Option is not null))
        {
            if (parse.GetResult(setting.Option!) is not OptionResult { Implicit: false } result || result.Tokens.Count == 0)
            {
                continue;
            }

            given[setting.Key] = setting.Kind == SettingKind.Size && Sizes.TryParse(result.Tokens[0].Value, out long bytes)
                ? bytes.ToString(CultureInfo.InvariantCulture)
                : string.Join(',', result.Tokens.Select(token => token.Value));
        }

        return given;
    }

    private static Option<HostPort> Address(string name, string description) => new(name)
    {
        Description = description + " Default 127.0.0.1 and a free port.",
        HelpName = "A:P",
        CustomParser = result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out HostPort? address))
            {
                return address;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no address for {name}: give HOST:PORT, as 127.0.0.1:52415.");
            return null;
        },
    };

    private static long? ParseSize(ArgumentResult result)
    {
        if (Sizes.TryParse(result.Tokens[0].Value, out long bytes))
        {
            return bytes;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no size: give a number with KiB, MiB or GiB, as 4GiB.");
        return null;
    }

    private static int[] ParseCut(ArgumentResult result)
    {
        List<int> units = [];
        foreach (string part in result.Tokens[0].Value.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int unit) || (units.Count > 0 && unit <= units[^1]))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no cut: give rising unit numbers, as 2,5.");
                return [];
            }

            units.Add(unit);
        }

        return [.. units];
    }

    private static void CheckRange<T>(Option<T> option, int least, int most) => option.Validators.Add(result =>
    {
        // What is no number at all is told by the parser.
        if (result.Tokens is [{ Value: string text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && (value < least || value > most))
        {
            result.AddError($"{option.Name} is {value}; give {least} to {most}.");
        }
    });

    private static void CheckSeeds(OptionResult result)
    {
        foreach (string seed in result.Tokens.Select(token => token.Value))
        {
            if (!SeedAddresses.IsValid(seed))
            {
                result.AddError($"'{seed}' is no address for --seed: give the HOST:PORT that the other device printed as its cluster, an SRV name as _exo._tcp.example.com, or tailscale:PORT.");
            }
        }
    }
}

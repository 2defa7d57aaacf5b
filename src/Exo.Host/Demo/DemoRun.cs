using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Exo.Host.Client;
using Exo.Host.Terminal;

namespace Exo.Host.Demo;

/// <summary>The demonstration from first line to last: devices join, the model is cut, a question is answered, a device may die.</summary>
internal sealed class DemoRun
{
    public const string DefaultQuestion = "What is Exo?";

    private const string Model = "exo-demo";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(40);
    private readonly Screen _screen;
    private readonly int _stages;
    private readonly string _question;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<DemoDevice> _devices = [];

    public DemoRun(Screen screen, int stages, string question)
    {
        _screen = screen;
        _stages = stages;
        _question = question;
    }

    public async Task<int> RunAsync(bool once, bool kill, CancellationToken ct)
    {
        string home = Directory.CreateTempSubdirectory("exo-demo-").FullName;
        try
        {
            _screen.Line(_screen.Bold(_stages == 1 ? "Exo demo: one device on this machine." : $"Exo demo: {_stages} devices on this machine, one model cut between them."));
            await StartDevicesAsync(home, ct);
            string[] order = await RingAsync(ct);
            DemoDevice? victim = kill ? Device(order[order.Length / 2]) : null;
            DemoDevice gateway = _devices.First(device => device != victim);
            using NodeClient client = new(new Uri("http://" + gateway.Http));
            string undisturbed = await AskAsync(client, _question, ct);
            if (victim is not null)
            {
                await AskWithDeathAsync(client, undisturbed, victim, ct);
            }

            if (once)
            {
                return ExitCode.Ok;
            }

            Farewell(gateway);
            await ConverseAsync(client, ct);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _screen.Line();
            return ExitCode.Ok;
        }
        finally
        {
            foreach (DemoDevice device in _devices)
            {
                await device.DisposeAsync();
            }

            Directory.Delete(home, recursive: true);
        }
    }

    private async Task StartDevicesAsync(string home, CancellationToken ct)
    {
        for (int i = 1; i <= _stages; i++)
        {
            string[] model = i == 1 ? ["--model", Model, "--stages", _stages.ToString(CultureInfo.InvariantCulture)] : [];
            _devices.Add(DemoDevice.Start(home, "device-" + i.ToString(CultureInfo.InvariantCulture), model));
        }

        foreach (DemoDevice device in _devices)
        {
            await device.ReadyAsync(ct);
            Tell($"{device.Name} is up, process {device.Pid}, http://{device.Http}");
        }
    }

    /// <summary>Waits for the ring and shows it; the names of its devices in the order of the stages.</summary>
    private async Task<string[]> RingAsync(CancellationToken ct)
    {
        using NodeClient client = new(new Uri("http://" + _devices[0].Http));
        Stopwatch waiting = Stopwatch.StartNew();
        int members = 0;
        string state = "none";
        while (waiting.Elapsed < s_patience)
        {
            using JsonDocument cluster = await client.GetAsync("/cluster", ct);
            int up = cluster.RootElement.GetProperty("members").EnumerateArray().Count(member => member.GetProperty("status").ValueEquals("Up"));
            if (up != members)
            {
                members = up;
                Tell($"{up} of {_stages} joined");
            }

            JsonElement ring = cluster.RootElement.GetProperty("rings").EnumerateArray().FirstOrDefault();
            state = ring.ValueKind == JsonValueKind.Object ? ring.GetProperty("state").GetString() ?? "" : "none";
            if (state == "ready" && ring.GetProperty("stages").GetArrayLength() == _stages)
            {
                Tell(_stages == 1 ? $"{Model} is loaded:" : $"{Model} is cut into {_stages} slices:");
                _screen.Line();
                RingTable.Show(cluster.RootElement, _screen);
                return [.. ring.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("device").GetString() ?? "")];
            }

            await Task.Delay(s_pause, ct);
        }

        throw new CommandFailureException($"The ring was not ready within {s_patience.TotalSeconds:0} s: {members} of {_stages} devices joined, the ring is '{state}'. Try `exo demo --stages 1`, and report it with this output.");
    }

    private async Task<string> AskAsync(NodeClient client, string question, CancellationToken ct, Func<int, string?>? onPiece = null)
    {
        _screen.Line();
        _screen.Line(_screen.Bold("> " + question));
        StringBuilder text = new();
        ChatTimings? timings = null;
        int pieces = 0;
        ChatBody body = new() { Model = Model, Messages = [("user", question)], Temperature = 0 };
        await foreach (ChatPiece piece in client.ChatAsync(body.ToJson(), ct))
        {
            if (piece.Text.Length > 0)
            {
                text.Append(piece.Text);
                _screen.Write(piece.Text);
                if (onPiece?.Invoke(++pieces) is { } remark)
                {
                    _screen.Write(_screen.Warn($" [{remark}] "));
                }
            }

            timings = piece.Timings ?? timings;
            if (piece.Notice is { } notice && notice != "waiting")
            {
                _screen.Write(_screen.Warn($" [{notice}] "));
            }
        }

        _screen.Line();
        _screen.Line(_screen.Faint($"[{timings?.Line()}]"));
        return text.ToString();
    }

    private async Task AskWithDeathAsync(NodeClient client, string undisturbed, DemoDevice victim, CancellationToken ct)
    {
        _screen.Line();
        _screen.Line(_screen.Bold($"The same question again. Half-way through, {victim.Name} is killed (SIGKILL, process {victim.Pid})."));
        int length = 0;
        bool killed = false;
        string disturbed = await AskAsync(client, _question, ct, _ =>
        {
            length++;
            if (killed || length < Math.Max(2, undisturbed.Length / 8))
            {
                return null;
            }

            killed = true;
            victim.Kill();
            return $"{victim.Name} killed";
        });
        _screen.Line(disturbed == undisturbed
            ? _screen.Bold("The answer is the same, letter for letter.")
            : _screen.Warn("The answer differs from the undisturbed one; this is a bug worth a report."));
        if (!killed)
        {
            _screen.Line("The answer was too short to kill a device in it: ask something longer with --question.");
        }
    }

    private async Task ConverseAsync(NodeClient client, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _screen.Line();
            _screen.Write("> ");
            if (await Keyboard.Lines.NextAsync(ct) is not { } line)
            {
                // No keyboard: the gateways stay up until the demo is told to end.
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return;
            }

            if (line.Trim().Length > 0)
            {
                try
                {
                    await AskAsync(client, line.Trim(), ct);
                }
                catch (CommandFailureException e)
                {
                    _screen.Line(_screen.Warn(e.Message));
                }
            }
        }
    }

    private void Farewell(DemoDevice gateway)
    {
        _screen.Line();
        _screen.Line("Every device answers HTTP, for example:");
        _screen.Line("  " + CurlLine.For(gateway.Http, Model, "What is a ring?"));
        _screen.Line("Type a question; Ctrl+C ends everything.");
    }

    private DemoDevice Device(string name) => _devices.First(device => device.Name == name);

    private void Tell(string text) => _screen.Line($"{_screen.Faint(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,5:0.0} s"))}  {text}");
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Exo.Testing.Processes;

/// <summary>One `exo up` as a real process. Its node file tells the ports it took.</summary>
internal sealed class DeviceProcess : IAsyncDisposable
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private DeviceProcess(Process process, string home)
    {
        _process = process;
        Home = home;
    }

    public string Home { get; }

    public string Name { get; private set; } = "";

    public Uri Http { get; private set; } = new("http://127.0.0.1:1");

    public string Akka { get; private set; } = "";

    public string Pbm { get; private set; } = "";

    public int ProcessId => _process.Id;

    /// <summary>Where it tells the other programs of this machine of itself.</summary>
    public string NodeFile => Path.Combine(Home, "nodes", $"{_process.Id}.json");

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output => string.Join('\n', _output);

    /// <summary>The `exo` program of this build, to be run by `dotnet`.</summary>
    public static string ExoProgram => Program("Exo.Host", "exo");

    public static DeviceProcess Start(string home, string name, params string[] arguments)
    {
        Process process = Run(home, ["up", "--name", name, "--threads", "1", .. arguments]);
        DeviceProcess device = new(process, home) { Name = name };
        process.OutputDataReceived += (_, line) => device._output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => device._output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return device;
    }

    /// <summary>Starts any exo command with its output redirected.</summary>
    public static Process Run(string home, params string[] arguments) => Launch(Program("Exo.Host", "exo"), home, arguments);

    public static Process RunPbm(string home, params string[] arguments) => Launch(Program("Pbm", "pbm"), home, arguments);

    /// <summary>Waits for a command to end: its exit code and all that it printed. After a minute it is killed, and the code is -1.</summary>
    public static async Task<(int Code, string Text)> End(Process process)
    {
        using Process owned = process;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, "(still running after a minute)\n" + await output + await errors);
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Waits until the device wrote its node file, which it does when it answers.</summary>
    public async Task Ready()
    {
        await Eventually.True(() => File.Exists(NodeFile) || HasExited, TimeSpan.FromSeconds(60), $"{Name} is up", () => Output);
        if (HasExited)
        {
            throw new InvalidOperationException($"{Name} ended with {ExitCode}:\n{Output}");
        }

        using JsonDocument node = JsonDocument.Parse(await File.ReadAllTextAsync(NodeFile));
        Http = new Uri("http://" + node.RootElement.GetProperty("http").GetString());
        Akka = node.RootElement.GetProperty("akka").GetString()!;
        Pbm = node.RootElement.GetProperty("pbm").GetString()!;
    }

    /// <summary>The cluster as this device shows it; null when it does not answer.</summary>
    public async Task<ClusterView?> Look()
    {
        try
        {
            return ClusterView.Parse(await s_http.GetStringAsync(new Uri(Http, "/cluster")));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>kill -9: no goodbye of any kind.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Launch(string program, string home, string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["EXO_HOME"] = home;
        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>The program as built in the configuration of this test run, where its models lie beside it.</summary>
    private static string Program(string project, string assembly)
    {
        DirectoryInfo output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string configuration = output.Parent!.Name;
        DirectoryInfo root = output.Parent.Parent!.Parent!.Parent!.Parent!;
        string program = Path.Combine(root.FullName, "src", project, "bin", configuration, output.Name, assembly + ".dll");
        return File.Exists(program) ? program : throw new FileNotFoundException("Build the solution first.", program);
    }
}

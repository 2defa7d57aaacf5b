using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Demo;

/// <summary>A device as a process of its own: this same program with `up`.</summary>
internal sealed class DemoDevice : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private DemoDevice(string name, Process process)
    {
        Name = name;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string Name { get; }

    public int Pid => _process.Id;

    public string Http { get; private set; } = "";

    public static DemoDevice Start(string home, string name, params string[] more)
    {
        string program = Environment.ProcessPath ?? throw new CommandFailureException("This program's own path is unknown: start it from a file.");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        foreach (string argument in (string[])["up", "--name", name, "--threads", "1", "--host", "127.0.0.1", "--port", "0", "--http", "127.0.0.1:0", "--pbm", "127.0.0.1:0", "--json", "--parent-pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. more])
        {
            start.ArgumentList.Add(argument);
        }

        // What this machine's own device is told is not meant for the demonstration's.
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("EXO_DEVICE_", StringComparison.Ordinal) || key.StartsWith("EXO_MODEL_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment[HomeFolder.Variable] = home;
        return new DemoDevice(name, Process.Start(start) ?? throw new CommandFailureException($"{program} does not start: build Exo again, or reinstall it."));
    }

    /// <summary>Waits for the line in which the device tells its addresses.</summary>
    public async Task ReadyAsync(CancellationToken ct)
    {
        if (await _process.StandardOutput.ReadLineAsync(ct) is not { } line)
        {
            throw new CommandFailureException($"{Name} did not start: {(await _errors).Trim()}");
        }

        using JsonDocument addresses = JsonDocument.Parse(line);
        Http = addresses.RootElement.GetProperty("http").GetString()!;
    }

    /// <summary>SIGKILL: no goodbye of any kind.</summary>
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
}

using System.Diagnostics;
using System.Globalization;

namespace Exo.Testing.Processes;

/// <summary>A device that sleeps, as a laptop does, until this is disposed: SIGSTOP, then SIGCONT. Not on Windows.</summary>
internal sealed class Pause : IAsyncDisposable
{
    private readonly DeviceProcess _device;
    private bool _isOver;

    private Pause(DeviceProcess device) => _device = device;

    public static async Task<Pause> Of(DeviceProcess device)
    {
        await Signal(device, "STOP");
        return new Pause(device);
    }

    /// <summary>Lets it go on; once.</summary>
    public async Task End()
    {
        if (!_isOver)
        {
            _isOver = true;
            await Signal(_device, "CONT");
        }
    }

    public async ValueTask DisposeAsync() => await End();

    private static async Task Signal(DeviceProcess device, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, device.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"{device.Name} could not be sent {signal}:\n{device.Output}");
        }
    }
}

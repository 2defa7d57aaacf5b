using System.Diagnostics;

namespace Exo.Host.Devices;

/// <summary>Ends with the process that started this one, however that one ended.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);

    /// <summary>Completes when the process is gone.</summary>
    public static async Task GoneAsync(int pid, CancellationToken ct)
    {
        using PeriodicTimer timer = new(s_period);
        while (IsAlive(pid))
        {
            await timer.WaitForNextTickAsync(ct);
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

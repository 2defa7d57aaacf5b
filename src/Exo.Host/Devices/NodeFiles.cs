using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Exo.Host.Devices;

/// <summary>The folder in which the devices of this machine find each other: one file per process, one lock.</summary>
internal sealed class NodeFiles
{
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Start times are read back from the system in coarse steps.</summary>
    private static readonly TimeSpan s_startTimeSlack = TimeSpan.FromSeconds(5);

    private readonly string _folder;

    public NodeFiles(string home) => _folder = Path.Combine(home, "nodes");

    /// <summary>The devices whose process lives, oldest first; files of dead ones are removed on the way.</summary>
    public IReadOnlyList<NodeFile> Live()
    {
        if (!Directory.Exists(_folder))
        {
            return [];
        }

        List<NodeFile> live = [];
        foreach (string path in Directory.EnumerateFiles(_folder, "*.json"))
        {
            if (Read(path) is not { } node)
            {
                continue;
            }

            if (IsAlive(node))
            {
                live.Add(node);
            }
            else
            {
                File.Delete(path);
            }
        }

        return [.. live.OrderBy(node => node.StartedAt).ThenBy(node => node.Pid)];
    }

    /// <summary>Writes the file of this process in one step: a reader sees all of it or nothing.</summary>
    public void Write(NodeFile node)
    {
        Directory.CreateDirectory(_folder);
        string draft = Path.Combine(_folder, $"{node.Pid}.draft");
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(node, NodeJson.Default.NodeFile));
        File.Move(draft, PathOf(node.Pid), overwrite: true);
    }

    public void Delete(int pid) => File.Delete(PathOf(pid));

    /// <summary>One starting device at a time looks round, so that two that start together form one cluster.</summary>
    /// <exception cref="IOException">Another process held the lock for too long.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "start.lock");
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.Elapsed < s_lockPatience)
            {
                await Task.Delay(s_lockPause, ct);
            }
            catch (IOException e)
            {
                throw new IOException($"Another starting device holds {path} for more than {s_lockPatience.TotalSeconds:0} s: end that process, then start again.", e);
            }
        }
    }

    private string PathOf(int pid) => Path.Combine(_folder, $"{pid}.json");

    private static NodeFile? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), NodeJson.Default.NodeFile);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A foreign file, or one removed between listing and reading: nobody is announced by it.
            return null;
        }
    }

    private static bool IsAlive(NodeFile node)
    {
        try
        {
            using Process process = Process.GetProcessById(node.Pid);
            return !process.HasExited && !IsUnreaped(node.Pid)
                && (node.StartTicks is { } ticks && StartTicksOf(node.Pid) is { } found
                    ? ticks == found
                    : (process.StartTime.ToUniversalTime() - node.StartedAt.UtcDateTime).Duration() < s_startTimeSlack);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // The process exists but belongs to somebody else.
            return true;
        }
    }

    /// <summary>When a process started, in clock ticks since the machine did; null where the system does not tell.</summary>
    /// <param name="pid">The process.</param>
    public static long? StartTicksOf(int pid)
    {
        try
        {
            // proc(5): starttime is field 22; the state, here the first, is field 3.
            return StatOf(pid) is { Length: > 19 } fields && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Linux: what the system tells of a process, from its state on; elsewhere nothing.</summary>
    private static string[] StatOf(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        // proc(5): the state is the field after the name, which stands in brackets and may hold any character.
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>A process that ended and that its parent has not asked after: common in containers, and nothing answers there.</summary>
    private static bool IsUnreaped(int pid)
    {
        try
        {
            return StatOf(pid) is ["Z" or "X", ..];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system does not tell: who asks the device sees whether it answers.
            return false;
        }
    }
}

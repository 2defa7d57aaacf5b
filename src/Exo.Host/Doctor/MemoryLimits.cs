using System.Globalization;
using Exo.Actors.Membership;
using Exo.Host.Terminal;

namespace Exo.Host.Doctor;

/// <summary>How much memory this machine has, how much this process may use, and how much is free.</summary>
/// <param name="PhysicalBytes">Of the machine.</param>
/// <param name="GroupBytes">What the control group of this process allows; null: it sets no limit, or the system has none.</param>
/// <param name="UsableBytes">What a device offers that is not told how much.</param>
internal sealed record MemoryLimits(long PhysicalBytes, long? GroupBytes, long UsableBytes)
{
    /// <summary>No device can have more than that.</summary>
    public long MostBytes => Math.Min(PhysicalBytes, GroupBytes ?? long.MaxValue);

    public static MemoryLimits Measure()
    {
        long usable = UsableMemory.Measure();
        long? total = Read("/proc/meminfo") is { } text ? Total(text) : null;
        return new MemoryLimits(
            total ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Read("/proc/self/cgroup") is { } groups ? Group(groups, Read) : null,
            usable);
    }

    /// <summary>MemTotal of proc_meminfo(5), in bytes; null where it is not there.</summary>
    public static long? Total(string meminfo) =>
        meminfo.Split('\n').FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)) is { } line
        && long.TryParse(line["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes)
            ? kibibytes << 10
            : null;

    /// <summary>The lowest limit of a process's control group and of those above it, by cgroups(7), version 1 or 2; null: none.</summary>
    /// <param name="groups">The process's line or lines in <c>/proc/self/cgroup</c>: <c>id:controllers:path</c>.</param>
    /// <param name="read">Gives the text of a file, or null.</param>
    public static long? Group(string groups, Func<string, string?> read)
    {
        long? lowest = null;
        foreach (string[] group in groups.Split('\n').Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3))
        {
            (string root, string file)? place = group[1].Length == 0 ? ("/sys/fs/cgroup", "memory.max")
                : group[1].Split(',').Contains("memory") ? ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
                : null;
            if (place is not { } found)
            {
                continue;
            }

            // Inside a container the own group is mounted as the root, whatever its path is outside.
            for (string path = group[2].Trim().TrimEnd('/'); ; path = path[..Math.Max(0, path.LastIndexOf('/'))])
            {
                // "max", and in version 1 a number near the largest, mean no limit.
                if (read($"{found.root}{path}/{found.file}") is { } text && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes < long.MaxValue >> 1)
                {
                    lowest = Math.Min(lowest ?? long.MaxValue, bytes);
                }

                if (path.Length == 0)
                {
                    break;
                }
            }
        }

        return lowest;
    }

    public override string ToString() =>
        $"{Sizes.Text(PhysicalBytes)} in the machine{(GroupBytes is { } limit ? $", of which its control group allows {Sizes.Text(limit)}" : "")}; {Sizes.Text(UsableBytes)} free for a device";

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a limit that may not be read is not known
        }
    }
}

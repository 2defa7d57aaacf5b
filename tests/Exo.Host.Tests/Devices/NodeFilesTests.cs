using System.Diagnostics;
using Exo.Host.Devices;

namespace Exo.Host.Tests.Devices;

public sealed class NodeFilesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("exo-nodes-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void A_living_process_is_listed_and_a_dead_ones_file_is_removed()
    {
        NodeFiles files = new(_home);
        using Process self = Process.GetCurrentProcess();
        NodeFile mine = new(Environment.ProcessId, "me", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", self.StartTime.ToUniversalTime(), "0.1.0");
        files.Write(mine);
        files.Write(mine with { Pid = int.MaxValue - 1, Name = "dead" });

        Assert.Equal([mine.Name], files.Live().Select(node => node.Name));
        Assert.False(File.Exists(Path.Combine(_home, "nodes", $"{int.MaxValue - 1}.json")));
    }

    [Fact]
    public void A_later_process_with_the_same_id_is_not_taken_for_the_device()
    {
        NodeFiles files = new(_home);
        using Process self = Process.GetCurrentProcess();
        files.Write(new NodeFile(Environment.ProcessId, "before", "a:1", "a:2", "a:3", self.StartTime.ToUniversalTime().AddHours(-1), "0.1.0"));
        Assert.Empty(files.Live());
    }

    /// <summary>A machine without a clock of its own starts in the past, and is set right a moment later.</summary>
    [SkippableFact]
    public void Given_a_clock_that_was_set_since_Then_the_device_is_still_listed_and_a_later_process_with_its_id_is_not()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux tells when a process started without asking the clock.");
        NodeFiles files = new(_home);
        using Process self = Process.GetCurrentProcess();
        NodeFile mine = new(Environment.ProcessId, "me", "a:1", "a:2", "a:3", self.StartTime.ToUniversalTime().AddHours(-1), "0.1.0") { StartTicks = NodeFiles.StartTicksOf(Environment.ProcessId) };

        files.Write(mine);
        Assert.Equal(["me"], files.Live().Select(node => node.Name));
        files.Write(mine with { StartedAt = self.StartTime.ToUniversalTime(), StartTicks = mine.StartTicks - 1 });
        Assert.Empty(files.Live());
    }

    [Fact]
    public void A_file_that_is_no_node_file_is_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(_home, "nodes"));
        File.WriteAllText(Path.Combine(_home, "nodes", "1.json"), "{ not json");
        Assert.Empty(new NodeFiles(_home).Live());
    }

    [Fact]
    public async Task The_lock_is_held_by_one_at_a_time()
    {
        NodeFiles files = new(_home);
        IDisposable first = await files.LockAsync(CancellationToken.None);
        Task<IDisposable> second = files.LockAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }
}

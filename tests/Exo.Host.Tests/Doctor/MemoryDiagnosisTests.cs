using Exo.Actors.Configuration;
using Exo.Host.Doctor;

namespace Exo.Host.Tests.Doctor;

public sealed class MemoryDiagnosisTests
{
    private const long GiB = 1L << 30;
    private static readonly MemoryLimits s_limits = new(16 * GiB, 8 * GiB, 6 * GiB);

    [Theory]
    [InlineData(4 * GiB, true, "offers 4.0 GiB", "")]
    [InlineData(7 * GiB, true, "offers 7.0 GiB", "more than is free now")]
    [InlineData(9 * GiB, false, "control group allows 8.0 GiB", "at most 8.0 GiB")]
    public void Memory_that_is_offered_is_held_against_what_there_is(long offered, bool ok, string said, string remedy)
    {
        Finding finding = MemoryDiagnosis.Of(s_limits, new EffectiveSetting("exo.device.memory", "", SettingLayer.Environment, "EXO_DEVICE_MEMORY"), offered);
        Assert.Equal(ok, finding.Ok);
        Assert.Contains(said, finding.Text);
        Assert.Contains("EXO_DEVICE_MEMORY", finding.Text);
        Assert.Contains(remedy, finding.Remedy);
    }

    [Theory]
    [InlineData(6 * GiB, true)]
    [InlineData(100L << 20, false)]
    public void A_machine_with_too_little_left_is_told(long usable, bool ok)
    {
        Finding finding = MemoryDiagnosis.Of(s_limits with { GroupBytes = null, UsableBytes = usable }, new EffectiveSetting("exo.device.memory", "", SettingLayer.Default, "default"), null);
        Assert.Equal(ok, finding.Ok);
        Assert.Equal(ok, finding.Remedy.Length == 0);
    }

    [Theory]
    [InlineData("0::/user.slice/exo.service\n", "/sys/fs/cgroup/user.slice/exo.service/memory.max=max /sys/fs/cgroup/user.slice/memory.max=1000", 1000L)]
    [InlineData("0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max=5000 /sys/fs/cgroup/a/memory.max=7000", 5000L)]
    [InlineData("0::/outside/of/the/container\n", "/sys/fs/cgroup/memory.max=2048", 2048L)]
    [InlineData("0::/\n", "", null)]
    [InlineData("12:cpu,cpuacct:/x\n4:memory:/docker/ab\n", "/sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes=4096 /sys/fs/cgroup/memory/memory.limit_in_bytes=9223372036854771712", 4096L)]
    [InlineData("garbage", "", null)]
    public void The_lowest_limit_of_a_control_group_and_those_above_it_counts(string groups, string files, long? expected)
    {
        Dictionary<string, string> there = files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Split('=')).ToDictionary(file => file[0], file => file[1] + "\n");
        Assert.Equal(expected, MemoryLimits.Group(groups, path => there.GetValueOrDefault(path)));
    }

    [Theory]
    [InlineData("MemTotal:       24632448 kB\nMemFree: 1 kB\n", 24632448L << 10)]
    [InlineData("MemFree: 1 kB\n", null)]
    public void The_machines_memory_is_read_from_the_kernels_words(string text, long? expected) => Assert.Equal(expected, MemoryLimits.Total(text));

    [Fact]
    public void This_machine_has_memory()
    {
        MemoryLimits limits = MemoryLimits.Measure();
        Assert.InRange(limits.PhysicalBytes, 1 << 20, long.MaxValue);
        Assert.InRange(limits.MostBytes, 1 << 20, limits.PhysicalBytes);
        Assert.InRange(limits.UsableBytes, 0, limits.PhysicalBytes);
    }
}

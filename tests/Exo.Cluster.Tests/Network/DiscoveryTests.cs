using Exo.Testing;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests.Network;

/// <summary>Devices on a network of their own, without seeds.</summary>
public sealed class DiscoveryTests
{
    private static readonly string s_exo = DeviceProcess.ExoProgram;

    [SkippableFact]
    public async Task Two_devices_on_a_network_find_each_other_and_the_doctor_sees_both()
    {
        Skip.IfNot(NetworkPair.IsPossible, "network namespaces need root and iproute2");
        await using NetworkPair network = await NetworkPair.CreateAsync();
        network.Start(1, "dotnet", s_exo, "up", "--host", "10.77.0.1", "--name", "anna");
        network.Start(2, "dotnet", s_exo, "up", "--host", "10.77.0.2", "--name", "bert");

        await Eventually.True(async () => await IsWholeAsync(network, 1, 2), TimeSpan.FromSeconds(60), "one cluster of two devices");

        (int code, string text) = await network.RunAsync(2, "dotnet", s_exo, "doctor");
        Assert.Equal(0, code);
        Assert.Contains("anna at 10.77.0.1", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Clusters_that_formed_apart_become_one_when_the_network_comes_up()
    {
        Skip.IfNot(NetworkPair.IsPossible, "network namespaces need root and iproute2");
        await using NetworkPair network = await NetworkPair.CreateAsync();
        await network.PlugAsync(isIn: false);
        network.Start(1, "dotnet", s_exo, "up", "--host", "10.77.0.1", "--name", "anna");
        network.Start(2, "dotnet", s_exo, "up", "--host", "10.77.0.2", "--name", "bert");
        await Eventually.True(async () => await IsWholeAsync(network, 1, 1) && await IsWholeAsync(network, 2, 1), TimeSpan.FromSeconds(60), "two clusters of one device");

        await network.PlugAsync(isIn: true);

        await Eventually.True(async () => await IsWholeAsync(network, 1, 2) && await IsWholeAsync(network, 2, 2), TimeSpan.FromSeconds(60), "one cluster of two devices");
    }

    [SkippableFact]
    public async Task Avahi_sees_a_device_and_a_device_sees_what_avahi_publishes()
    {
        Skip.IfNot(NetworkPair.HasAvahi, "avahi, dbus and network namespaces are not installed here");
        await using NetworkPair network = await NetworkPair.CreateAsync();
        network.Start(1, "dotnet", s_exo, "up", "--host", "10.77.0.1", "--name", "anna");
        string script = Path.Combine(network.Folder, "avahi.sh");
        await File.WriteAllTextAsync(script, Script(network.Folder));

        string? seen = null;
        string heard = "";
        await Eventually.True(
            async () =>
            {
                await network.RunAsync(2, "timeout", "40", "unshare", "-m", "bash", script, s_exo);
                seen = Array.Find(Written(network, "browse").Split('\n'), line => line.StartsWith("=;", StringComparison.Ordinal) && line.Contains("anna", StringComparison.Ordinal));
                heard = Written(network, "doctor");
                return seen is not null && heard.Contains("printer at 10.77.0.2:4242", StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(90),
            "both see each other",
            () => $"avahi: {seen}; the doctor: {heard}");

        string[] fields = seen!.Split(';');
        Assert.Equal("10.77.0.1", fields[7]);
        Assert.InRange(int.Parse(fields[8], System.Globalization.CultureInfo.InvariantCulture), 1, 65535);
        Assert.Contains("\"name=anna\"", fields[9], StringComparison.Ordinal);
    }

    private static string Written(NetworkPair network, string name) => File.Exists(Path.Combine(network.Folder, name)) ? File.ReadAllText(Path.Combine(network.Folder, name)) : "";

    private static async Task<bool> IsWholeAsync(NetworkPair network, int side, int members)
    {
        (int code, string text) = await network.RunAsync(side, "dotnet", s_exo, "status", "--json");
        return code == 0 && ClusterView.Parse(text).IsWhole(members);
    }

    /// <summary>A message bus and an Avahi of the test's own, in a namespace where they disturb nobody.</summary>
    private static string Script(string folder) => $"""
        mount -t tmpfs tmpfs /run
        cat > {folder}/dbus.conf <<'END'
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
        <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
        END
        rm -f {folder}/bus
        export DBUS_SYSTEM_BUS_ADDRESS=unix:path={folder}/bus
        dbus-daemon --config-file={folder}/dbus.conf --fork --print-pid > {folder}/bus.pid
        avahi-daemon --no-drop-root --no-chroot --no-rlimits > {folder}/daemon 2>&1 & DAEMON=$!
        until grep -q 'startup complete' {folder}/daemon; do sleep 0.1; done
        avahi-publish -s printer _exo._tcp 4242 id=zz name=printer key= version=9 since=5 > {folder}/publish 2>&1 & PUBLISH=$!
        until grep -q Established {folder}/publish; do sleep 0.1; done
        timeout 5 avahi-browse -rpt _exo._tcp > {folder}/browse 2>&1
        dotnet "$1" doctor --listen 3 > {folder}/doctor 2>&1
        kill $PUBLISH $DAEMON $(cat {folder}/bus.pid)
        """;
}

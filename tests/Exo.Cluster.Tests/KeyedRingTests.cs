using Exo.Testing;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>Real processes with a cluster key: everything between them runs inside TLS.</summary>
public sealed class KeyedRingTests : IDisposable
{
    private const int Tokens = 160;
    private static readonly Dictionary<string, object> s_request = new() { ["model"] = "exo-demo", ["prompt"] = "What is Exo?", ["max_tokens"] = Tokens, ["temperature"] = 0, ["ignore_eos"] = true };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exo-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Given_a_key_When_a_stage_is_killed_Then_the_answer_is_that_of_a_ring_without_a_key()
    {
        IReadOnlyList<int> plain;
        await using (Ring open = await Ring.Start(2))
        {
            plain = (await Answer.Ask(open.Devices[0], s_request)).Ids;
        }

        string[] key = ["--key-file", await MakeKey("ours.key")];
        await using Ring ring = await Ring.Start([key, key, key], "exo-demo", ["--stages", "3"], stages: 3);
        DeviceProcess[] order = await ring.InOrder();
        bool killed = false;
        Answer disturbed = await Answer.Ask(order[0], s_request, tokens =>
        {
            if (!killed && tokens >= Tokens / 2)
            {
                killed = true;
                order[2].Kill();
            }
        });

        Assert.True(killed);
        Assert.Equal(plain, disturbed.Ids);
    }

    [Theory]
    [InlineData(true, "its cluster key is another one")]
    [InlineData(false, "it has no cluster key, but this node has one")]
    public async Task Given_a_key_When_a_stranger_wants_to_join_Then_it_stays_outside_and_one_line_says_why(bool hasKey, string reason)
    {
        string[] key = ["--key-file", await MakeKey("ours.key")];
        await using Ring ring = await Ring.Start([key], "exo-demo", ["--stages", "1"], stages: 1);
        DirectoryInfo home = _folder.CreateSubdirectory("theirs");
        string[] own = hasKey ? ["--key-file", await MakeKey("theirs.key")] : [];
        await using DeviceProcess stranger = DeviceProcess.Start(home.FullName, "stranger", ["--seed", ring.Devices[0].Akka, .. own]);

        await Eventually.True(
            () => ring.Devices[0].Output.Contains(reason, StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            reason,
            () => $"{ring.Devices[0].Output}\n--- stranger\n{stranger.Output}");

        Assert.Equal(1, ring.Devices[0].Output.Split('\n').Count(line => line.Contains(reason, StringComparison.Ordinal)));
        Assert.DoesNotContain("stranger", (await ring.Devices[0].Look())!.Members.Select(member => member.Name));
    }

    private async Task<string> MakeKey(string name)
    {
        string file = Path.Combine(_folder.FullName, name);
        using System.Diagnostics.Process make = DeviceProcess.Run(_folder.FullName, "key", "cluster", "--out", file);
        await make.WaitForExitAsync();
        Assert.Equal(0, make.ExitCode);
        return file;
    }
}

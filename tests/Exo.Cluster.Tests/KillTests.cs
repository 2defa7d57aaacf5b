using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>kill -9 of a device in mid-answer: the client's tokens are those of the undisturbed run.</summary>
public sealed class KillTests
{
    private const int Tokens = 160;

    /// <summary>Long enough that its prefill takes several chunks.</summary>
    private static readonly string s_longPrompt = string.Join(' ', Enumerable.Repeat("A ring is made of devices, and every device holds a slice of the layers.", 16));

    private static readonly Dictionary<string, object> s_greedy = new() { ["model"] = "exo-demo", ["prompt"] = s_longPrompt, ["max_tokens"] = Tokens, ["temperature"] = 0, ["ignore_eos"] = true };
    private static readonly Dictionary<string, object> s_seeded = new(s_greedy) { ["temperature"] = 0.9, ["top_p"] = 0.95, ["seed"] = 7 };

    public static TheoryData<int, string, bool> Cases
    {
        get
        {
            TheoryData<int, string, bool> cases = [];
            foreach (int stage in new[] { 0, 1, 2 })
            {
                foreach (string moment in new[] { "prefill", "first token", "mid-decode" })
                {
                    cases.Add(stage, moment, (stage + moment.Length) % 2 == 0);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Given_a_ring_of_three_When_a_stage_is_killed_Then_the_answer_goes_on_token_for_token(int stage, string moment, bool greedy)
    {
        Dictionary<string, object> request = greedy ? s_greedy : s_seeded;
        await using Ring ring = await Ring.Start(3);
        DeviceProcess[] order = await ring.InOrder();
        DeviceProcess victim = order[stage];
        DeviceProcess gateway = order[(stage + 1) % 3];
        Answer undisturbed = await Answer.Ask(gateway, request);
        int at = moment switch { "prefill" => 0, "first token" => 1, _ => Tokens / 2 };
        int seenAtKill = -1;

        Answer disturbed = await Answer.Ask(gateway, request, tokens =>
        {
            if (seenAtKill < 0 && tokens >= at)
            {
                victim.Kill();
                seenAtKill = tokens;
            }
        });

        Assert.InRange(seenAtKill, at, Tokens - 1);
        Assert.Equal(Tokens, undisturbed.Ids.Count);
        Assert.Equal(undisturbed.Ids, disturbed.Ids);
        Assert.Equal(undisturbed.Text, disturbed.Text);
        Assert.Equal("length", disturbed.FinishReason);
        Assert.True(disturbed.Done, "The stream ends with [DONE].");
        Assert.True(disturbed.Took < TimeSpan.FromSeconds(20), $"The disturbed answer took {disturbed.Took.TotalSeconds:0.0} s.");
        await ring.Shows(2, [.. ring.Devices.Where(device => device != victim)]);
    }
}

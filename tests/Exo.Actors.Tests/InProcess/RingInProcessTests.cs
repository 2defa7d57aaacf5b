using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Exo.Actors.Sessions;
using Exo.Actors.Shards;
using Exo.Engine.Sampling;
using Exo.Testing;

namespace Exo.Actors.Tests.InProcess;

/// <summary>One to three whole devices in one process: what a client sees of rings, their cuts and their losses.</summary>
public sealed class RingInProcessTests
{
    /// <summary>Penalties too: what they look back at has to survive a device.</summary>
    private static readonly SamplingParameters s_seeded = new()
    {
        Temperature = 0.9f,
        TopK = 40,
        TopP = 0.95f,
        TypicalP = 0.97f,
        RepetitionPenalty = 1.1f,
        PresencePenalty = 0.2f,
        FrequencyPenalty = 0.1f,
        PenaltyWindow = 25,
        Biases = [new TokenBias(300, -2)],
        Seed = 11,
    };

    [Fact]
    public async Task The_tokens_are_the_same_on_one_two_and_three_stages()
    {
        List<string> greedy = [];
        List<string> seeded = [];
        List<double> hops = [];

        for (int count = 1; count <= 3; count++)
        {
            ImmutableArray<DeviceInProcess> devices = await DeviceInProcess.StartRing(count);
            greedy.Add(Tokens(await devices[^1].Generate(DeviceInProcess.Request(40))));
            seeded.Add(Tokens(await devices[0].Generate(DeviceInProcess.Request(40, s_seeded))));
            hops.Add((await DeviceInProcess.Ring(devices, ring => count == 1 || ring.Stages.All(stage => stage.HopMicroseconds > 0), "a measured hop on every device")).Stages[0].HopMicroseconds);
            await End(devices);
        }

        Assert.Equal(0, hops[0]);
        Assert.All(greedy, tokens => Assert.Equal(greedy[0], tokens));
        Assert.All(seeded, tokens => Assert.Equal(seeded[0], tokens));
        Assert.Equal(40, greedy[0].Split(' ').Length);
        Assert.NotEqual(greedy[0], seeded[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_conversation_that_goes_on_is_not_computed_again_and_says_the_same(int count)
    {
        ConcurrentQueue<int> computed = [];
        ImmutableArray<DeviceInProcess> devices = await DeviceInProcess.StartRing(count);
        foreach (DeviceInProcess device in devices)
        {
            device.System.EventStream.Subscribe(device.System.ActorOf(Props.Create(() => new Listener(computed))), typeof(ShardActor.Began));
        }

        GenerationRequest first = DeviceInProcess.Request(20, s_seeded);
        ImmutableArray<GenerationEvent> answer = await devices[0].Generate(first);
        GenerationRequest second = first with { PromptTokens = [.. first.PromptTokens, .. answer.OfType<GenerationEvent.Token>().Select(token => token.Id), 17, 23] };
        string shared = Tokens(await devices[0].Generate(second));

        // The last token of an answer is chosen, and not computed any more.
        await Eventually.True(() => computed.Count == 2, TimeSpan.FromSeconds(10), "two sessions that begin", () => string.Join(", ", computed));
        Assert.Equal([0, 719], computed);
        await End(devices);
        DeviceInProcess alone = await DeviceInProcess.Start("alone", [], DeviceInProcess.DemoModel, stages: 1, hocon: "exo.engine.share-prefixes = off");
        await DeviceInProcess.Ring([alone], ring => ring.State == "ready", "a ring of one");
        Assert.Equal(Tokens(await alone.Generate(second)), shared);
        await End([alone]);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 20)]
    [InlineData(2, 0)]
    public async Task Given_three_stages_When_a_device_dies_Then_the_answer_goes_on_token_for_token(int victim, int atToken)
    {
        ImmutableArray<DeviceInProcess> devices = await DeviceInProcess.StartRing(3);
        GenerationRequest request = DeviceInProcess.Request(120, s_seeded);
        string undisturbed = Tokens(await devices[0].Generate(request));
        bool dead = false;

        ImmutableArray<GenerationEvent> events = await devices[0].Generate(request, seen =>
        {
            if (!dead && seen >= atToken)
            {
                dead = true;
                devices[victim].Abort();
            }
        });

        Assert.Equal(undisturbed, Tokens(events));
        Assert.IsType<GenerationEvent.Finished>(events[^1]);
        Assert.Equal(Enumerable.Range(0, 120), events.OfType<GenerationEvent.Token>().Select(token => token.Index));
        await DeviceInProcess.Ring(devices.RemoveAt(victim), ring => ring.State == "ready" && ring.Stages.Length == 2, "a ring of the two that are left");
        await End(devices.RemoveAt(victim));
    }

    [Fact]
    public async Task Given_a_ring_When_a_stage_fails_on_a_living_device_Then_a_new_epoch_serves()
    {
        ImmutableArray<DeviceInProcess> devices = await DeviceInProcess.StartRing(2);
        GenerationRequest request = DeviceInProcess.Request(60);
        string undisturbed = Tokens(await devices[0].Generate(request));
        bool killed = false;

        ImmutableArray<GenerationEvent> events = await devices[0].Generate(request, seen =>
        {
            if (!killed && seen >= 10)
            {
                killed = true;
                devices[1].System.ActorSelection("/user/shards/*").Tell(Kill.Instance);
            }
        });

        Assert.Equal(undisturbed, Tokens(events));
        RingView ring = await DeviceInProcess.Ring(devices, view => view.State == "ready", "a ring that serves");
        Assert.StartsWith("2.", ring.Epoch, StringComparison.Ordinal);
        await End(devices);
    }

    [Fact]
    public async Task Given_one_place_When_its_session_is_cancelled_Then_the_next_one_is_served()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("alone", [], DeviceInProcess.DemoModel, hocon: "exo.ring.sessions = 1");
        using CancellationTokenSource first = new();
        int seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GenerationEvent next in device.Node.GenerateAsync(DeviceInProcess.Request(3000), first.Token))
            {
                if (next is GenerationEvent.Token && ++seen == 3)
                {
                    await first.CancelAsync();
                }
            }
        });
        ImmutableArray<GenerationEvent> events = await device.Generate(DeviceInProcess.Request(5));

        Assert.Equal(5, events.Count(e => e is GenerationEvent.Token));
        Assert.Single(events.OfType<GenerationEvent.Started>());
    }

    [Fact]
    public async Task Given_an_answer_under_way_When_its_device_must_close_Then_it_ends_with_an_error_that_sends_the_caller_elsewhere()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("alone", [], DeviceInProcess.DemoModel);
        GenerationRequest request = DeviceInProcess.Request(300);

        ImmutableArray<GenerationEvent> events = await device.Generate(request, seen =>
        {
            if (seen == 3)
            {
                device.Node.EndGenerations();
            }
        });

        GenerationEvent.Failed end = Assert.IsType<GenerationEvent.Failed>(events[^1]);
        Assert.Equal(FailureKind.Unavailable, end.Kind);
        Assert.Contains("shutting down", end.Message, StringComparison.Ordinal);
        Assert.InRange(events.Count(e => e is GenerationEvent.Token), 3, 299);
    }

    [Fact]
    public async Task Given_too_little_memory_Then_the_answer_says_what_is_missing_and_what_helps()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("small", [], memoryBytes: 1 << 20);

        LoadOutcome outcome = await device.Node.LoadAsync(new LoadRequest(DeviceInProcess.DemoModel, null), CancellationToken.None);
        ImmutableArray<GenerationEvent> events = await device.Generate(DeviceInProcess.Request(5));

        Assert.False(outcome.Ok);
        Assert.Matches(@"^exo-demo needs .* MiB .*small offers 1\.0 MiB.*: add a device", outcome.Message);
        Assert.Equal(FailureKind.NotEnoughMemory, Assert.IsType<GenerationEvent.Failed>(events[^1]).Kind);
    }

    [Fact]
    public async Task Given_a_model_that_nobody_has_Then_the_request_fails_at_once()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("alone", []);

        ImmutableArray<GenerationEvent> events = await device.Generate(DeviceInProcess.Request(5) with { Model = "no-such-model" });

        GenerationEvent.Failed failed = Assert.IsType<GenerationEvent.Failed>(Assert.Single(events));
        Assert.Equal(FailureKind.UnknownModel, failed.Kind);
        Assert.Contains("no-such-model", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_bias_for_a_token_that_the_model_does_not_have_Then_the_request_fails_and_the_ring_serves_on()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("alone", [], DeviceInProcess.DemoModel);

        ImmutableArray<GenerationEvent> refused = await device.Generate(DeviceInProcess.Request(5, SamplingParameters.Greedy with { Biases = [new TokenBias(1 << 20, 1)] }));
        ImmutableArray<GenerationEvent> served = await device.Generate(DeviceInProcess.Request(5));

        Assert.Contains("logit_bias names token 1048576", Assert.IsType<GenerationEvent.Failed>(refused[^1]).Message, StringComparison.Ordinal);
        Assert.Equal(5, served.Count(e => e is GenerationEvent.Token));
    }

    [Fact]
    public async Task Given_a_token_that_the_model_does_not_have_Then_the_request_fails_and_the_ring_serves_on()
    {
        await using DeviceInProcess device = await DeviceInProcess.Start("alone", [], DeviceInProcess.DemoModel);

        ImmutableArray<GenerationEvent> refused = await device.Generate(DeviceInProcess.Request(5) with { PromptTokens = [5, 1 << 20] });
        ImmutableArray<GenerationEvent> served = await device.Generate(DeviceInProcess.Request(5));

        Assert.Contains("Token 1048576 is not one of exo-demo's", Assert.IsType<GenerationEvent.Failed>(refused[^1]).Message, StringComparison.Ordinal);
        Assert.Equal("1.", Assert.IsType<GenerationEvent.Started>(served.First(e => e is GenerationEvent.Started)).Epoch[..2]);
        Assert.Equal(5, served.Count(e => e is GenerationEvent.Token));
    }

    private static string Tokens(IEnumerable<GenerationEvent> events) => string.Join(' ', events.OfType<GenerationEvent.Token>().Select(token => token.Id));

    private static async Task End(IEnumerable<DeviceInProcess> devices)
    {
        foreach (DeviceInProcess device in devices.Reverse())
        {
            await device.DisposeAsync();
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<int> computed) => Receive<ShardActor.Began>(began => computed.Enqueue(began.Computed));
    }
}

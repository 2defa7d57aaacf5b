using Akka.Actor;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Remote;

/// <summary>Two systems, the second behind a proxy; the first is quick to give up a node whose actors it watches.</summary>
public sealed class QuarantineTests : IAsyncLifetime, IDisposable
{
    private const string Impatient = """
        akka.remote {
          system-message-buffer-size = 20
          watch-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s, unreachable-nodes-reaper-interval = 100ms
          }
        }

        """;

    private readonly Nodes _nodes = new();
    private readonly CuttableProxy _toHere = new();
    private readonly CuttableProxy _toThere = new();
    private readonly ActorSystem _here;
    private readonly ActorSystem _there;
    private readonly Probe _quarantined;

    public QuarantineTests()
    {
        _here = Start(_toHere, Impatient);
        _there = Start(_toThere);
        _there.ActorOf(Props.Create(() => new Echo()), "echo");
        _quarantined = Remotes.Listen(_here, typeof(QuarantinedEvent));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    public void Dispose()
    {
        _toHere.Dispose();
        _toThere.Dispose();
    }

    [Fact]
    public async Task A_node_with_watched_actors_that_falls_silent_is_quarantined_by_its_uid_and_its_watchers_are_told()
    {
        (Probe watcher, _) = await Quarantine();

        QuarantinedEvent quarantined = await _quarantined.Expect<QuarantinedEvent>();
        Assert.Equal(Nodes.AddressOf(_there), quarantined.Address);
        Assert.Equal(AddressUidExtension.Uid(_there), quarantined.Uid);
        Assert.True((await watcher.Expect<Terminated>()).AddressTerminated);
    }

    [Fact]
    public async Task A_node_to_which_too_many_system_messages_are_unacknowledged_is_quarantined()
    {
        IActorRef echo = await Remotes.Find(_here, _there, "echo");
        Probe watcher = new(_here);
        await watcher.Do(context => context.Watch(echo));
        await Remotes.Answers(echo, "ready");

        _toThere.Close();
        await watcher.Do(context =>
        {
            for (int i = 0; i < 50; i++)
                context.Watch(Remotes.Resolve(_here, $"{Nodes.AddressOf(_there)}/user/other{i}"));
        });

        QuarantinedEvent quarantined = await _quarantined.Expect<QuarantinedEvent>();
        Assert.Equal(AddressUidExtension.Uid(_there), quarantined.Uid);
    }

    [Fact]
    public async Task What_is_told_to_a_quarantined_node_vanishes_without_a_warning()
    {
        (_, IActorRef echo) = await Quarantine();
        await _quarantined.Expect<QuarantinedEvent>();
        Probe logged = Remotes.Listen(_here, typeof(Warning), typeof(Error));

        for (int i = 0; i < 10; i++)
            await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<string>("anyone?", TimeSpan.FromMilliseconds(50)));

        await logged.ExpectNothingMore();
    }

    [Fact]
    public async Task A_quarantine_lasts_when_the_node_is_back_and_the_node_learns_of_it()
    {
        IActorRef local = _here.ActorOf(Props.Create(() => new Echo()), "echo");
        (_, IActorRef echo) = await Quarantine();
        await _quarantined.Expect<QuarantinedEvent>();
        Probe learned = Remotes.Listen(_there, typeof(ThisActorSystemQuarantinedEvent));
        Heal();

        IActorRef fromThere = Remotes.Resolve(_there, local.Path.ToSerializationFormatWithAddress(Nodes.AddressOf(_here)));
        IReadOnlyList<Envelope> told = [];
        await Eventually.True(
            () =>
            {
                fromThere.Tell("anyone?", ActorRefs.NoSender);
                return (told = learned.Unread()).Count > 0;
            },
            Remotes.Within,
            "the quarantined system is told");

        ThisActorSystemQuarantinedEvent news = Assert.IsType<ThisActorSystemQuarantinedEvent>(told[0].Message);
        Assert.Equal(Nodes.AddressOf(_there), news.LocalAddress);
        Assert.Equal(Nodes.AddressOf(_here), news.RemoteAddress);
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<string>("hello", TimeSpan.FromMilliseconds(300)));
        await Assert.ThrowsAsync<AskTimeoutException>(() => fromThere.Ask<string>("hello", TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task A_quarantined_node_is_talked_to_again_after_a_restart_of_its_system()
    {
        await Quarantine();
        await _quarantined.Expect<QuarantinedEvent>();
        Heal();

        await _there.Terminate();
        ActorSystem again = Start(_toThere);
        again.ActorOf(Props.Create(() => new Echo()), "echo");

        await Remotes.Answers(Remotes.Resolve(_here, $"{Nodes.AddressOf(again)}/user/echo"), "again");
    }

    /// <summary>Watches an actor there and pulls the cable.</summary>
    private async Task<(Probe Watcher, IActorRef Watched)> Quarantine()
    {
        IActorRef echo = await Remotes.Find(_here, _there, "echo");
        Probe watcher = new(_here);
        await watcher.Do(context => context.Watch(echo));
        await Remotes.Answers(echo, "ready");

        // Some heartbeats first: a node that was never heard from cannot be named by its uid.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        _toHere.Cut(_toThere.Port);
        _toThere.Cut(_toHere.Port);
        return (watcher, echo);
    }

    private void Heal()
    {
        _toHere.Cut();
        _toThere.Cut();
    }

    private ActorSystem Start(CuttableProxy proxy, string hocon = "")
    {
        if (proxy.Target == 0)
            proxy.Target = Nodes.FreePort();
        return _nodes.StartRemote(
            proxy == _toHere ? "here" : "there",
            $"akka.remote {{ retry-gate-closed-for = 200ms, handshake-timeout = 2s, dot-netty.tcp {{ port = {proxy.Target}, public-port = {proxy.Port}, connection-timeout = 2s\n }}\n }}\n{hocon}");
    }
}

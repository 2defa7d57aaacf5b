using Akka.Actor;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Remote;

public sealed class RemoteDeathWatchTests
{
    [Fact]
    public async Task A_watched_remote_actor_that_stops_is_reported()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef target = there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await Remotes.Find(here, there, "echo");
        Probe watcher = new(here);
        await watcher.Do(context => context.Watch(remote));
        Assert.Equal("ready", await remote.Ask<string>("ready", Remotes.Within));

        target.Tell(PoisonPill.Instance, ActorRefs.NoSender);

        Terminated message = await watcher.Expect<Terminated>();
        Assert.Equal(remote, message.ActorRef);
        Assert.True(message.ExistenceConfirmed);
        Assert.False(message.AddressTerminated);
    }

    [Fact]
    public async Task After_an_Unwatch_nothing_is_reported()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef target = there.ActorOf(Props.Create(() => new Echo()), "echo");
        there.ActorOf(Props.Create(() => new Echo()), "other");
        IActorRef remote = await Remotes.Find(here, there, "echo");
        IActorRef other = await Remotes.Find(here, there, "other");
        Probe watcher = new(here);
        await watcher.Do(context => context.Unwatch(context.Watch(remote)));

        Assert.True(await target.GracefulStop(Remotes.Within));

        Assert.Equal("ready", await other.Ask<string>("ready", Remotes.Within));
        await watcher.ExpectNothingMore();
    }

    [Fact]
    public async Task Watching_a_remote_actor_that_is_gone_is_answered_without_confirmed_existence()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        IActorRef ghost = Remotes.Resolve(here, $"{Nodes.AddressOf(there)}/user/ghost#77");
        Probe watcher = new(here);

        await watcher.Do(context => context.Watch(ghost));

        Terminated message = await watcher.Expect<Terminated>();
        Assert.Equal(ghost.Path, message.ActorRef.Path);
        Assert.False(message.ExistenceConfirmed);
    }

    [Fact]
    public async Task A_new_incarnation_at_an_address_is_talked_to_and_the_old_ones_watchers_are_told()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Remotes.Quick);
        ActorSystem there = nodes.StartRemote("there", Remotes.Quick);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef remote = await Remotes.Find(here, there, "echo");
        Probe watcher = new(here);
        await watcher.Do(context => context.Watch(remote));
        Assert.Equal("ready", await remote.Ask<string>("ready", Remotes.Within));

        await there.Terminate();
        ActorSystem again = nodes.StartRemote("there", $"{Remotes.Quick}akka.remote.dot-netty.tcp.port = {Nodes.AddressOf(there).Port}");
        again.ActorOf(Props.Create(() => new Echo()), "echo");

        await watcher.Expect<Terminated>();
        await Remotes.Answers(Remotes.Resolve(here, $"{Nodes.AddressOf(again)}/user/echo"), "again");
        IActorRef fresh = await Remotes.Find(here, again, "echo");
        Assert.Equal(remote.Path, fresh.Path);
        Assert.NotEqual(remote, fresh);
    }
}

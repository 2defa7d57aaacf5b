using Akka.Actor;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Remote;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_message_reaches_an_actor_of_another_system_and_the_answer_comes_back()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");

        IActorRef echo = await Remotes.Find(here, there, "echo");

        Assert.Equal("hello", await echo.Ask<string>("hello", Remotes.Within));
        Assert.Equal(42, await echo.Ask<int>(42, Remotes.Within));
        Assert.Equal(1L << 40, await echo.Ask<long>(1L << 40, Remotes.Within));
        Assert.Equal([1, 2, 3], await echo.Ask<byte[]>(new byte[] { 1, 2, 3 }, Remotes.Within));
    }

    [Fact]
    public async Task Text_and_whole_numbers_have_serializer_17_and_the_protocols_messages_have_one()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here");

        Assert.All([typeof(string), typeof(int), typeof(long)], type => Assert.Equal(17, system.Serialization.FindSerializerForType(type).Identifier));
        Assert.All(
            [typeof(Identify), typeof(ActorIdentity), typeof(PoisonPill), typeof(Kill), typeof(ActorSelectionMessage)],
            type => Assert.InRange(system.Serialization.FindSerializerForType(type).Identifier, 2, 40));
    }

    [Fact]
    public async Task Messages_of_one_sender_to_one_receiver_arrive_in_order()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        Probe receiver = new(there);
        IActorRef remote = Remotes.Resolve(here, receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there)));

        for (int number = 0; number < 5000; number++)
            remote.Tell(number, ActorRefs.NoSender);

        await receiver.Expect([.. Enumerable.Range(0, 5000).Cast<object>()]);
    }

    [Fact]
    public async Task No_message_comes_twice_or_late_however_often_the_connection_breaks()
    {
        using CuttableProxy proxy = new();
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", "akka.remote.retry-gate-closed-for = 50ms");
        ActorSystem there = StartBehind(nodes, proxy, "akka.remote.retry-gate-closed-for = 50ms");
        Probe receiver = new(there);
        IActorRef remote = Remotes.Resolve(here, receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there)));
        List<int> received = [];
        int next = 0;

        for (int round = 0; round < 5; round++)
        {
            int first = next;
            await Eventually.True(
                () =>
                {
                    for (int i = 0; i < 50; i++)
                        remote.Tell(next++, ActorRefs.NoSender);
                    received.AddRange(receiver.Unread().Select(envelope => (int)envelope.Message));
                    return received.Count > 0 && received[^1] >= first;
                },
                Remotes.Within,
                "messages get through again");
            proxy.Reset();
        }

        Assert.Equal(received.Distinct().Order(), received);
    }

    [Fact]
    public async Task What_is_told_while_an_address_is_gated_is_lost()
    {
        using CuttableProxy proxy = new();
        proxy.Close();
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", "akka.remote.retry-gate-closed-for = 2s");
        ActorSystem there = StartBehind(nodes, proxy);
        Probe receiver = new(there);
        Probe failed = Remotes.Listen(here, typeof(AssociationErrorEvent));
        Probe dead = Remotes.Listen(here, typeof(DeadLetter));
        IActorRef remote = Remotes.Resolve(here, receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there)));
        remote.Tell("first", ActorRefs.NoSender);
        await failed.Expect<AssociationErrorEvent>();
        await Eventually.True(
            () =>
            {
                remote.Tell("lost", ActorRefs.NoSender);
                return dead.Unread().Any(letter => letter.Message is DeadLetter { Message: "lost" });
            },
            Remotes.Within,
            "what is told now is a dead letter");

        proxy.Open();

        await Eventually.True(
            () =>
            {
                remote.Tell("found", ActorRefs.NoSender);
                IReadOnlyList<Envelope> received = receiver.Unread();
                Assert.DoesNotContain(received, envelope => Equals(envelope.Message, "lost"));
                return received.Any(envelope => Equals(envelope.Message, "found"));
            },
            Remotes.Within,
            "the gate opens again");
    }

    [Fact]
    public async Task A_watch_that_could_not_be_sent_is_sent_when_the_connection_is_there()
    {
        using CuttableProxy proxy = new();
        proxy.Close();
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Remotes.Quick);
        ActorSystem there = StartBehind(nodes, proxy, Remotes.Quick);
        IActorRef target = there.ActorOf(Props.Create(() => new Echo()), "target");
        IActorRef remote = Remotes.Resolve(here, target.Path.ToStringWithAddress(Nodes.AddressOf(there)));
        Probe failed = Remotes.Listen(here, typeof(AssociationErrorEvent));
        Probe watcher = new(here);
        await watcher.Do(context => context.Watch(remote));
        await failed.Expect<AssociationErrorEvent>();

        proxy.Open();
        await Remotes.Answers(remote, "up again");
        there.Stop(target);

        Assert.Equal(remote.Path, (await watcher.Expect<Terminated>()).ActorRef.Path);
    }

    [Fact]
    public async Task The_end_of_a_watched_actor_is_told_after_a_break_of_the_connection()
    {
        using CuttableProxy toHere = new();
        using CuttableProxy toThere = new();
        await using Nodes nodes = new();
        ActorSystem here = StartBehind(nodes, toHere, Remotes.Quick);
        ActorSystem there = StartBehind(nodes, toThere, Remotes.Quick);
        IActorRef target = there.ActorOf(Props.Create(() => new Echo()), "target");
        IActorRef remote = await Remotes.Find(here, there, "target");
        Probe watcher = new(here);
        await watcher.Do(context => context.Watch(remote));
        await Remotes.Answers(remote, "watched");
        toHere.Close();
        toThere.Close();

        Assert.True(await target.GracefulStop(Remotes.Within));
        toHere.Open();
        toThere.Open();

        Assert.Equal(remote.Path, (await watcher.Expect<Terminated>()).ActorRef.Path);
    }

    [Fact]
    public async Task A_message_above_the_frame_size_is_logged_by_its_sender_and_lost_alone()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Remotes.Find(here, there, "echo");
        Probe sender = new(here);
        Probe logged = Remotes.Listen(here, typeof(Error));
        Probe broken = Remotes.Listen(here, typeof(DisassociatedEvent));

        echo.Tell(new byte[200_000], sender.Ref);
        echo.Tell("still there", sender.Ref);

        await sender.Expect("still there");
        await logged.Expect<Error>();
        await broken.ExpectNothingMore();
    }

    [Fact]
    public async Task The_frame_size_can_be_raised_on_both_ends()
    {
        const string Larger = "akka.remote.dot-netty.tcp { maximum-frame-size = 1000000b, send-buffer-size = 1000000b, receive-buffer-size = 1000000b\n }";
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Larger);
        ActorSystem there = nodes.StartRemote("there", Larger);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Remotes.Find(here, there, "echo");
        byte[] sent = [.. Enumerable.Range(0, 900_000).Select(i => (byte)(i * 31))];

        Assert.Equal(sent, await echo.Ask<byte[]>(sent, Remotes.Within));
    }

    [Fact]
    public async Task What_was_told_before_the_end_of_a_system_is_flushed()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        Probe receiver = new(there);
        IActorRef remote = Remotes.Resolve(here, receiver.Ref.Path.ToStringWithAddress(Nodes.AddressOf(there)));
        remote.Tell("ready", ActorRefs.NoSender);
        await receiver.Expect("ready");

        for (int number = 0; number < 1000; number++)
            remote.Tell(number, ActorRefs.NoSender);
        await here.Terminate();

        await receiver.Expect([.. Enumerable.Range(0, 1000).Cast<object>()]);
    }

    private static ActorSystem StartBehind(Nodes nodes, CuttableProxy proxy, string hocon = "")
    {
        proxy.Target = Nodes.FreePort();
        return nodes.StartRemote("node" + proxy.Port, $"akka.remote.dot-netty.tcp {{ port = {proxy.Target}, public-port = {proxy.Port}\n }}\n{hocon}");
    }
}

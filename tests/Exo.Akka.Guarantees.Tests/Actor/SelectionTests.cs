using Akka.Actor;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class SelectionTests : ActorTest
{
    [Theory]
    [InlineData("/user/parent/one", "one")]
    [InlineData("akka://test/user/parent/one", "one")]
    [InlineData("/user/parent/two/../one", "one")]
    public async Task A_selection_reaches_the_actor_at_its_path(string path, string name)
    {
        await MakeFamily();

        IActorRef found = await System.ActorSelection(path).ResolveOne(Soon);

        Assert.Equal(name, found.Path.Name);
    }

    [Fact]
    public async Task Wildcards_reach_all_that_match()
    {
        await MakeFamily();
        Probe probe = NewProbe();

        System.ActorSelection("/user/parent/t*").Tell("name", probe.Ref);

        string[] names = [await probe.Expect<string>(), await probe.Expect<string>()];
        Assert.Equal(["three", "two"], names.Order());
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Whoever_asks_below_a_pattern_that_one_actor_matches_hears_that_nobody_is_there()
    {
        await MakeFamily();
        Probe probe = NewProbe();
        System.ActorSelection("/user/paren*/nobody").Tell(new Identify(1), probe.Ref);
        Assert.Null((await probe.Expect<ActorIdentity>()).Subject);
    }

    [Fact]
    public async Task Nobody_at_the_path_is_an_ActorNotFoundException_and_a_dead_letter()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));

        await Assert.ThrowsAsync<ActorNotFoundException>(() => System.ActorSelection("/user/none").ResolveOne(Soon));
        System.ActorSelection("/user/none").Tell("hello");

        Assert.Equal("hello", (await dead.Expect<Akka.Event.DeadLetter>()).Message);
    }

    [Fact]
    public async Task Identify_is_answered_by_the_actor_itself()
    {
        Probe probe = NewProbe();
        IActorRef parent = await MakeFamily();

        parent.Tell(new Identify("id"), probe.Ref);

        ActorIdentity identity = await probe.Expect<ActorIdentity>();
        Assert.Equal("id", identity.MessageId);
        Assert.Equal(parent, identity.Subject);
    }

    [Fact]
    public async Task A_relative_selection_starts_at_the_actor()
    {
        Probe probe = NewProbe();

        await probe.Do(context =>
        {
            context.ActorOf(Props.Create(() => new Named()), "child");
            context.ActorSelection("child").Tell("name");
        });

        await probe.Expect("child");
    }

    [Fact]
    public async Task A_resolved_path_is_the_actor_and_another_uid_is_not()
    {
        IActorRef parent = await MakeFamily();
        IActorRefProvider provider = ((ExtendedActorSystem)System).Provider;

        Assert.Equal(parent, provider.ResolveActorRef(parent.Path.ToSerializationFormat()));
        Assert.Equal(System.DeadLetters, provider.ResolveActorRef(parent.Path.WithUid(parent.Path.Uid + 1)));
    }

    [Fact]
    public async Task Watching_what_a_path_without_actor_resolves_to_gives_nothing()
    {
        Probe probe = NewProbe();
        IActorRef nobody = ((ExtendedActorSystem)System).Provider.ResolveActorRef("akka://test/user/none");

        await probe.Do(context => context.Watch(nobody));

        await probe.ExpectNothingMore();
    }

    private async Task<IActorRef> MakeFamily()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent()), "parent");
        await parent.Ask<string>("name", Soon);
        return parent;
    }

    private class Named : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Self.Path.Name);
    }

    private sealed class Parent : Named
    {
        public Parent()
        {
            foreach (string name in (string[])["one", "two", "three"])
                Context.ActorOf(Props.Create(() => new Named()), name);
        }
    }
}

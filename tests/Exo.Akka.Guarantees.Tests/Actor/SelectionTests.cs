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
    public async Task A_resolved_path_is_the_actor()
    {
        IActorRef parent = await MakeFamily();

        Assert.Equal(parent, ((ExtendedActorSystem)System).Provider.ResolveActorRef(parent.Path.ToSerializationFormat()));
    }

    [Fact]
    public async Task Watching_what_a_path_without_actor_resolves_to_gives_nothing()
    {
        Probe probe = NewProbe();
        IActorRef nobody = ((ExtendedActorSystem)System).Provider.ResolveActorRef("akka://test/user/none");

        await probe.Do(context => context.Watch(nobody));

        await probe.ExpectNothingMore();
    }

    [Theory]
    [InlineData("/user/parent/t?o", "two")]
    [InlineData("/user/par*/on?", "one")]
    [InlineData("/user/parent/o*", "one")]
    [InlineData("/*/parent/one", "one")]
    public async Task A_question_mark_stands_for_one_sign_and_a_star_for_any(string path, string name)
    {
        await MakeFamily();

        Assert.Equal(name, (await System.ActorSelection(path).ResolveOne(Soon)).Path.Name);
    }

    [Fact]
    public async Task Two_dots_go_to_the_parent()
    {
        await MakeFamily();
        IActorRef one = await System.ActorSelection("/user/parent/one").ResolveOne(Soon);

        Assert.Equal("two", await System.ActorSelection(one, "../two").Ask<string>("name", Soon));
        Assert.Equal("parent", await System.ActorSelection(one, "..").Ask<string>("name", Soon));
    }

    [Fact]
    public async Task A_selection_knows_its_anchor_and_its_path()
    {
        IActorRef parent = await MakeFamily();

        ActorSelection selection = new(parent, "../p*/one");

        Assert.Equal(parent, selection.Anchor);
        Assert.Equal("/../p*/one", selection.PathString);
        Assert.Equal(3, selection.Path.Length);
        Assert.Equal($"ActorSelection[Anchor(akka://test/user/parent#{parent.Path.Uid}), Path(/../p*/one)]", selection.ToString());
        Assert.Equal(selection, new ActorSelection(parent, "../p*/one"));
    }

    [Fact]
    public async Task A_selection_tells_with_the_given_sender()
    {
        Probe probe = NewProbe();
        Probe sender = NewProbe();

        System.ActorSelection(probe.Ref.Path).Tell("hello", sender.Ref);

        await probe.Expect("hello");
        Assert.Equal(sender.Ref, probe.LastSender);
    }

    [Fact]
    public async Task A_selection_used_in_an_actor_tells_with_that_actor_as_sender()
    {
        Probe probe = NewProbe();
        Probe telling = NewProbe();

        await telling.Do(context => context.ActorSelection(probe.Ref.Path).Tell("hello"));

        await probe.Expect("hello");
        Assert.Equal(telling.Ref, probe.LastSender);
    }

    [Fact]
    public async Task ResolveOne_that_is_cancelled_is_an_ActorNotFoundException()
    {
        IActorRef deaf = System.ActorOf(Props.Create(() => new Blocked()));
        deaf.Tell("block");
        using CancellationTokenSource source = new();
        Task<IActorRef> found = System.ActorSelection(deaf.Path).ResolveOne(Soon, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAsync<ActorNotFoundException>(() => found);
    }

    [Fact]
    public async Task ResolveOne_without_an_answer_in_time_is_an_ActorNotFoundException()
    {
        IActorRef deaf = System.ActorOf(Props.Create(() => new Blocked()));
        deaf.Tell("block");

        await Assert.ThrowsAsync<ActorNotFoundException>(() => System.ActorSelection(deaf.Path).ResolveOne(TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public async Task Nobody_at_a_path_is_identified_as_null_and_the_dead_letters_as_nobody()
    {
        Probe probe = NewProbe();

        System.ActorSelection("/user/none").Tell(new Identify(1), probe.Ref);
        Assert.Null((await probe.Expect<ActorIdentity>()).Subject);
        System.ActorSelection("/deadLetters").Tell(new Identify(2), probe.Ref);
        Assert.Equal(ActorRefs.Nobody, (await probe.Expect<ActorIdentity>()).Subject);
        System.ActorSelection("").Tell(new Identify(3), probe.Ref);
        Assert.Equal(ActorRefs.Nobody, (await probe.Expect<ActorIdentity>()).Subject);
    }

    [Fact]
    public async Task A_dead_letter_of_a_selection_names_the_path_where_nobody_was()
    {
        Probe dead = NewProbe();
        Probe sender = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(Akka.Event.DeadLetter));

        System.ActorSelection("/user/none/at/all").Tell("hello", sender.Ref);

        Akka.Event.DeadLetter letter = await dead.Expect<Akka.Event.DeadLetter>();
        Assert.Equal(("hello", sender.Ref), (letter.Message, letter.Sender));
        Assert.StartsWith("/user/none", letter.Recipient.Path.ToStringWithoutAddress(), StringComparison.Ordinal);
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

    private sealed class Blocked : ReceiveActor
    {
        public Blocked() => ReceiveAnyAsync(_ => Task.Delay(Timeout.Infinite));
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

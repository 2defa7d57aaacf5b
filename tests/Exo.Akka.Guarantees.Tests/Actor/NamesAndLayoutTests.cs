using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class NamesAndLayoutTests : ActorTest
{
    private ExtendedActorSystem Extended => (ExtendedActorSystem)System;

    [Fact]
    public void Every_letter_digit_and_symbol_of_the_list_may_stand_in_a_name()
    {
        const string Name = "azAZ09-_.*$+:@&=,!~';()";

        Assert.True(ActorPath.IsValidPathElement(Name));
        Assert.Equal(Name, System.ActorOf(Props.Empty, Name).Path.Name);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a<b")]
    [InlineData("a\\b")]
    [InlineData("$")]
    public void Any_other_sign_is_an_InvalidActorNameException(string name)
    {
        Assert.False(ActorPath.IsValidPathElement(name));
        Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Empty, name));
    }

    [Fact]
    public void Actors_without_a_name_are_counted_in_base_64()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent(70)));

        string[] names = [.. Enumerable.Range(0, 3).Select(_ => System.ActorOf(Props.Empty).Path.Name)];

        Assert.Equal("$a", parent.Path.Name);
        Assert.Equal(["$b", "$c", "$d"], names);
    }

    [Fact]
    public async Task After_64_names_without_a_name_the_next_has_two_letters()
    {
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent(70)));

        string[] names = await parent.Ask<string[]>("names", Soon);

        Assert.Equal(70, names.Distinct().Count());
        Assert.All(names, name => Assert.StartsWith("$", name, StringComparison.Ordinal));
        Assert.Equal(64, names.Count(name => name.Length == 2));
        Assert.Equal(6, names.Count(name => name.Length == 3));
    }

    [Fact]
    public void The_guardians_stand_at_the_root_user_and_system()
    {
        Assert.Equal("akka://test/", Extended.LookupRoot.Path.ToString());
        Assert.Equal("akka://test/user", Extended.Guardian.Path.ToString());
        Assert.Equal("akka://test/system", Extended.SystemGuardian.Path.ToString());
        Assert.Equal("akka://test/deadLetters", System.DeadLetters.Path.ToString());
        Assert.Equal("akka://test/user/a", System.ActorOf(Props.Empty, "a").Path.ToString());
        Assert.Equal("akka://test/system/b", Extended.SystemActorOf(Props.Empty, "b").Path.ToString());
        Assert.Equal("akka://test/system/c", Extended.SystemActorOf<Silent>("c").Path.ToString());
    }

    [Fact]
    public async Task Whoever_asks_has_a_path_below_temp()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new NamingSender()));

        string path = await actor.Ask<string>("who", Soon);

        Assert.StartsWith("/temp/", path, StringComparison.Ordinal);
    }

    [Fact]
    public void An_actor_may_be_made_by_its_type_alone()
        => Assert.Equal("akka://test/user/typed", System.ActorOf<Silent>("typed").Path.ToString());

    [Fact]
    public async Task A_stopped_actors_name_is_free_again_once_it_has_gone()
    {
        IActorRef first = System.ActorOf<Silent>("again");
        Assert.True(await first.GracefulStop(Soon));

        IActorRef second = null;
        await Exo.Testing.Eventually.True(
            () =>
            {
                try
                {
                    second = System.ActorOf<Silent>("again");
                }
                catch (InvalidActorNameException)
                {
                    // The watcher may hear of the end before the parent.
                    return false;
                }

                return true;
            },
            Soon,
            "the name is free");

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task What_is_told_to_the_ignoring_reference_is_not_even_a_dead_letter()
    {
        Probe dead = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(AllDeadLetters));

        System.IgnoreRef.Tell("nothing", ActorRefs.NoSender);
        System.DeadLetters.Tell("something", ActorRefs.NoSender);

        Assert.Equal("something", (await dead.Expect<DeadLetter>()).Message);
        await dead.ExpectNothingMore();
    }

    [Fact]
    public void The_tree_prints_the_names_of_the_actors()
    {
        System.ActorOf<Silent>("in-the-tree");

        Assert.Contains("in-the-tree", Extended.PrintTree(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_of_the_system_stops_any_actor()
    {
        IActorRef top = System.ActorOf<Silent>();
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent(1)));
        string name = Assert.Single(await parent.Ask<string[]>("names", Soon));
        IActorRef child = await System.ActorSelection(parent.Path / name).ResolveOne(Soon);

        System.Stop(top);
        System.Stop(child);

        Assert.True(await top.WatchAsync());
        Assert.True(await child.WatchAsync());
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(int children)
        {
            for (int i = 0; i < children; i++)
                Context.ActorOf(Props.Create(() => new Silent()));
            ReceiveAny(_ => Sender.Tell(Context.GetChildren().Select(child => child.Path.Name).ToArray()));
        }
    }

    private sealed class NamingSender : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Sender.Path.ToStringWithoutAddress());
    }
}

using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Events;

public sealed class EventStreamTests : ActorTest
{
    private interface IMarked;

    [Fact]
    public async Task A_subscription_to_a_type_gives_its_subtypes_and_implementers()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe<IMarked>(probe.Ref);

        System.EventStream.Publish(new First(1));
        System.EventStream.Publish("not marked");
        System.EventStream.Publish(new Second(2));

        await probe.Expect(new First(1), new Second(2));
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task An_unsubscribed_actor_gets_no_more_events()
    {
        Probe probe = NewProbe();
        Assert.True(System.EventStream.Subscribe(probe.Ref, typeof(First)));
        Assert.False(System.EventStream.Subscribe(probe.Ref, typeof(First)));

        Assert.True(System.EventStream.Unsubscribe(probe.Ref, typeof(First)));
        Assert.False(System.EventStream.Unsubscribe(probe.Ref));

        System.EventStream.Publish(new First(1));
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task A_stopped_subscriber_is_removed()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(First));
        Assert.True(await probe.Ref.GracefulStop(Soon));

        await Exo.Testing.Eventually.True(() => !System.EventStream.Unsubscribe(probe.Ref), Soon, "the stream has forgotten the actor");
    }

    [Fact]
    public async Task Suppressed_dead_letters_are_no_dead_letters()
    {
        Probe dead = NewProbe();
        Probe suppressed = NewProbe();
        System.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));
        System.EventStream.Subscribe(suppressed.Ref, typeof(SuppressedDeadLetter));

        System.DeadLetters.Tell(new Unimportant());

        await suppressed.Expect<SuppressedDeadLetter>();
        await dead.ExpectNothingMore();
    }

    [Fact]
    public async Task A_log_message_is_formatted_when_its_level_is_on()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(Warning));
        System.EventStream.Subscribe(probe.Ref, typeof(Debug));
        ILoggingAdapter log = Akka.Event.Logging.GetLogger(System, "test source");

        log.Debug("off {0}", 1);
        log.Warning(new InvalidOperationException("oops"), "{0} of {1}", 1, 2);

        Warning warning = await probe.Expect<Warning>();
        Assert.Equal("1 of 2", warning.Message.ToString());
        Assert.StartsWith("test source", warning.LogSource, StringComparison.Ordinal);
        Assert.Equal("oops", warning.Cause.Message);
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Unsubscribing_from_a_subtype_leaves_the_rest_of_what_was_subscribed()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe<IMarked>(probe.Ref);

        Assert.True(System.EventStream.Unsubscribe<First>(probe.Ref));

        System.EventStream.Publish(new First(1));
        System.EventStream.Publish(new Second(2));
        await probe.Expect(new Second(2));
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task A_subscription_to_a_base_type_covers_its_subtypes()
    {
        Probe probe = NewProbe();

        Assert.True(System.EventStream.Subscribe<IMarked>(probe.Ref));
        Assert.True(System.EventStream.Subscribe<First>(probe.Ref));
        Assert.False(System.EventStream.Subscribe<First>(probe.Ref));

        System.EventStream.Publish(new First(1));
        await probe.Expect(new First(1));
        await probe.ExpectNothingMore();
        Assert.True(System.EventStream.Unsubscribe<IMarked>(probe.Ref));
        System.EventStream.Publish(new Second(2));
        System.EventStream.Publish(new First(3));
        await probe.Expect(new First(3));
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Unsubscribing_without_a_type_ends_every_subscription()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe<First>(probe.Ref);
        System.EventStream.Subscribe<Second>(probe.Ref);

        Assert.True(System.EventStream.Unsubscribe(probe.Ref));

        System.EventStream.Publish(new First(1));
        System.EventStream.Publish(new Second(2));
        await probe.ExpectNothingMore();
    }

    [Fact]
    public async Task Everything_is_subscribed_by_object()
    {
        Probe probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(object));

        System.EventStream.Publish("text");

        await probe.Expect("text");
    }

    [Fact]
    public async Task Each_subscriber_gets_every_event()
    {
        Probe one = NewProbe();
        Probe other = NewProbe();
        System.EventStream.Subscribe<First>(one.Ref);
        System.EventStream.Subscribe<First>(other.Ref);

        System.EventStream.Publish(new First(1));

        await one.Expect(new First(1));
        await other.Expect(new First(1));
    }

    [Fact]
    public void Nobody_and_nothing_cannot_be_subscribed()
    {
        Assert.Throws<ArgumentNullException>(() => System.EventStream.Subscribe(null, typeof(string)));
        Assert.Throws<ArgumentNullException>(() => System.EventStream.Unsubscribe(null, typeof(string)));
        Assert.Throws<ArgumentNullException>(() => System.EventStream.Unsubscribe(null));
    }

    private sealed record First(int Number) : IMarked;

    private sealed record Second(int Number) : IMarked;

    private sealed class Unimportant : IDeadLetterSuppression;
}

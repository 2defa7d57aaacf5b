using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ExceptionTests
{
    public static TheoryData<Exception> All => new()
    {
        new ActorInitializationException("text"),
        new ActorKilledException("text"),
        new ActorNotFoundException("text"),
        new AskTimeoutException("text"),
        new IllegalActorStateException("text"),
        new InvalidActorNameException("text"),
        new InvalidMessageException("text"),
        new StashOverflowException("text"),
        new ConfigurationException("text"),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Every_exception_of_the_library_is_an_AkkaException_with_its_text(Exception exception)
    {
        Assert.IsAssignableFrom<AkkaException>(exception);
        Assert.Equal("text", exception.Message);
    }

    [Fact]
    public void A_death_pact_names_the_dead_actor()
    {
        DeathPactException exception = new(ActorRefs.Nobody);

        Assert.IsAssignableFrom<AkkaException>(exception);
        Assert.Same(ActorRefs.Nobody, exception.DeadActor);
    }

    [Fact]
    public void A_restart_that_fails_names_both_failures()
    {
        InvalidOperationException first = new("first");
        NotSupportedException second = new("second");

        PreRestartException before = new(ActorRefs.Nobody, second, first, "message");
        PostRestartException after = new(ActorRefs.Nobody, second, first);

        Assert.IsAssignableFrom<ActorInitializationException>(before);
        Assert.Equal((second, "message"), (before.RestartException, before.OptionalMessage));
        Assert.IsAssignableFrom<ActorInitializationException>(after);
        Assert.Equal((second, first), (after.InnerException, after.OriginalCause));
    }

    [Fact]
    public void A_cluster_that_could_not_be_joined_is_an_AkkaException()
        => Assert.IsAssignableFrom<AkkaException>(new Akka.Cluster.ClusterJoinFailedException("text"));
}

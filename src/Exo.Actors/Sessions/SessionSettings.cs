using Akka.Configuration;

namespace Exo.Actors.Sessions;

/// <summary>The keys below <c>exo.recovery</c>.</summary>
/// <param name="GiveUpAfter">How long a session waits for a ring before it fails.</param>
/// <param name="SilentFor">How long a ring may say nothing to a session before it is admitted again.</param>
/// <param name="SilentPerToken">What each token of prefill adds to that.</param>
internal sealed record SessionSettings(TimeSpan GiveUpAfter, TimeSpan SilentFor, TimeSpan SilentPerToken)
{
    public static SessionSettings Read(Config config) => new(
        config.GetTimeSpan("exo.recovery.give-up-after"),
        config.GetTimeSpan("exo.recovery.silent-for"),
        config.GetTimeSpan("exo.recovery.silent-per-token"));

    /// <summary>The deadline of an attempt grows with its work and doubles with every try.</summary>
    public TimeSpan Patience(int tokensToFeed, int triesOnThisRing) =>
        (SilentFor + (SilentPerToken * tokensToFeed)) * (1 << Math.Min(triesOnThisRing, 4));
}

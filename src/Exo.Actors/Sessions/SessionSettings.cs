using Akka.Configuration;

namespace Exo.Actors.Sessions;

/// <summary>The keys below <c>exo.recovery</c>.</summary>
/// <param name="GiveUpAfter">How long a session waits for a ring before it fails.</param>
/// <param name="SilentFor">How long a ring may say nothing to a session before it is admitted again.</param>
/// <param name="SilentPerToken">What each token of prefill adds to that.</param>
/// <param name="LoadBytesPerSecond">The disk rate that is counted on while a ring loads; <c>exo.ring.load-bytes-per-second</c>.</param>
internal sealed record SessionSettings(TimeSpan GiveUpAfter, TimeSpan SilentFor, TimeSpan SilentPerToken, long LoadBytesPerSecond)
{
    public static SessionSettings Read(Config config) => new(
        config.GetTimeSpan("exo.recovery.give-up-after"),
        config.GetTimeSpan("exo.recovery.silent-for"),
        config.GetTimeSpan("exo.recovery.silent-per-token"),
        Math.Max(1, config.GetByteSize("exo.ring.load-bytes-per-second") ?? 50_000_000));

    /// <summary>How long to wait for a ring: longer while one is being loaded, by what its bytes need on one device.</summary>
    /// <param name="loadingBytes">The model's weights while they are being loaded, else 0.</param>
    public TimeSpan RingPatience(long loadingBytes) => GiveUpAfter + TimeSpan.FromSeconds(loadingBytes / (double)LoadBytesPerSecond);

    /// <summary>The deadline of an attempt grows with its work and doubles with every try.</summary>
    public TimeSpan Patience(int tokensToFeed, int triesOnThisRing) =>
        (SilentFor + (SilentPerToken * tokensToFeed)) * (1 << Math.Min(triesOnThisRing, 4));
}

using Akka.Configuration;

namespace Exo.Actors.Ring;

/// <summary>The keys below <c>exo.ring</c> that the keeper reads.</summary>
/// <param name="GatherFor">How long a first plan waits for as many devices as were asked for.</param>
/// <param name="PrepareFor">How long a stage may take to load, beside what its bytes need.</param>
/// <param name="LoadBytesPerSecond">The disk rate that is counted on.</param>
/// <param name="ExcludeFor">How long a device that failed to load is left out.</param>
internal sealed record KeeperSettings(TimeSpan GatherFor, TimeSpan PrepareFor, long LoadBytesPerSecond, TimeSpan ExcludeFor)
{
    public static KeeperSettings Read(Config config) => new(
        config.GetTimeSpan("exo.ring.gather-for"),
        config.GetTimeSpan("exo.ring.prepare-for"),
        config.GetByteSize("exo.ring.load-bytes-per-second") ?? 50_000_000,
        config.GetTimeSpan("exo.ring.exclude-for"));

    public TimeSpan Deadline(RingPlan plan) => PrepareFor + TimeSpan.FromSeconds(plan.Stages.Max(stage => stage.WeightBytes) / (double)Math.Max(1, LoadBytesPerSecond));
}

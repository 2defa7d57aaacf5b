namespace Akka.Tests.Simulation;

/// <summary>What lies between the simulated nodes: every message takes a random time, some are lost, and some pairs cannot hear each other for a while.</summary>
internal sealed class Network(Random random, double loss, int longestDelay)
{
    private readonly List<Fault> _faults = [];

    /// <summary>From a moment until another one, what <paramref name="isCut"/> says of the numbers of sender and receiver does not arrive.</summary>
    public void Cut(long from, long until, Func<int, int, bool> isCut) => _faults.Add(new Fault(from, until, isCut));

    /// <summary>How long a message is under way; null: it is lost.</summary>
    public long? Delay(int sender, int receiver, long now)
    {
        int delay = random.Next(1, longestDelay + 1);
        bool isLost = random.NextDouble() < loss;
        foreach (Fault fault in _faults)
            isLost |= now >= fault.From && now < fault.Until && fault.IsCut(sender, receiver);
        return isLost ? null : delay;
    }

    private sealed record Fault(long From, long Until, Func<int, int, bool> IsCut);
}

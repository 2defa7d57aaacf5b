using System.Diagnostics;

namespace Akka.Remote;

public abstract class FailureDetector
{
    public static readonly Clock DefaultClock = () => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    public abstract bool IsAvailable { get; }

    public abstract bool IsMonitoring { get; }

    public abstract void HeartBeat();

    /// <summary>Time in which this process itself did not run says nothing about the other one: it is left out of the account.</summary>
    internal virtual void Forgive(long milliseconds)
    {
    }
}

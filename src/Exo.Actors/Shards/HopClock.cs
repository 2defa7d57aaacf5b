namespace Exo.Actors.Shards;

/// <summary>
/// The mean time of a hop, as stage 0 can tell it with one clock: the trip of a decode batch less what the stages spent on it,
/// queueing included, divided by the edges of the ring. Exponentially averaged.
/// </summary>
internal sealed class HopClock(int stages)
{
    private const float Weight = 0.1f;

    public float Microseconds { get; private set; }

    public void Trip(TimeSpan trip, long computeMicroseconds)
    {
        if (stages < 2)
        {
            return;
        }

        float hop = (float)Math.Max(0, (trip.TotalMicroseconds - computeMicroseconds) / stages);
        Microseconds = Microseconds == 0 ? hop : Microseconds + (Weight * (hop - Microseconds));
    }
}

using Exo.Host.Gateway.Http;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>How many requests may be in work or wait in the ring's queue; one more is told to come back.</summary>
internal sealed class Admission
{
    private readonly int _places;
    private int _taken;

    public Admission(int places) => _places = places;

    /// <exception cref="ApiException">429 when all places are taken.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _taken) > _places)
        {
            Interlocked.Decrement(ref _taken);
            throw new ApiException(429, $"{_places} requests are in work already: send this one again in a second.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        return new Place(this);
    }

    private sealed class Place(Admission admission) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref admission._taken);
            }
        }
    }
}

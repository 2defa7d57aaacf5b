using System.Collections.Concurrent;

namespace Akka.Remote;

/// <summary>A failure detector per watched node, made when its first heartbeat comes.</summary>
public class DefaultFailureDetectorRegistry<T> : IFailureDetectorRegistry<T>
{
    private readonly ConcurrentDictionary<T, FailureDetector> _detectors = new();
    private readonly Func<FailureDetector> _factory;

    public DefaultFailureDetectorRegistry(Func<FailureDetector> factory) => _factory = factory;

    public bool IsAvailable(T resource) => !_detectors.TryGetValue(resource, out FailureDetector detector) || detector.IsAvailable;

    public bool IsMonitoring(T resource) => _detectors.TryGetValue(resource, out FailureDetector detector) && detector.IsMonitoring;

    public void Heartbeat(T resource) => _detectors.GetOrAdd(resource, static (_, factory) => factory(), _factory).HeartBeat();

    public void Remove(T resource) => _detectors.TryRemove(resource, out _);

    public void Reset() => _detectors.Clear();

    internal void Forgive(long milliseconds)
    {
        foreach (FailureDetector detector in _detectors.Values)
            detector.Forgive(milliseconds);
    }
}

namespace Akka.Remote;

public interface IFailureDetectorRegistry<T>
{
    bool IsAvailable(T resource);

    bool IsMonitoring(T resource);

    void Heartbeat(T resource);

    void Remove(T resource);

    void Reset();
}

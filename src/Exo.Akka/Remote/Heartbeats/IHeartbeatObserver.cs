using Akka.Actor;

namespace Akka.Remote.Heartbeats;

/// <summary>Wants certain nodes watched. Its methods are called on the heartbeat thread and must not block.</summary>
internal interface IHeartbeatObserver
{
    TimeSpan Interval { get; }

    /// <summary>A node that never answered is treated, after this time, as if it had answered once.</summary>
    TimeSpan ExpectedResponseAfter { get; }

    DefaultFailureDetectorRegistry<Address> Detectors { get; }

    void AvailabilityChanged(Address address, int? uid, bool isAvailable);

    /// <summary>Evidence of death: the host refuses the port, or another incarnation answers there.</summary>
    void Died(Address address, int? uid);
}

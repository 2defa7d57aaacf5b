using Exo.Actors;
using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>What the palettes can do to a device beyond generating.</summary>
internal interface IDeviceControl
{
    /// <summary>The generations that the device owns.</summary>
    IReadOnlyList<SessionView> Sessions { get; }

    /// <summary>Its actors, a line each.</summary>
    string ActorTree { get; }

    /// <summary>Lets a member leave; null is the device itself.</summary>
    ValueTask<MembershipOutcome> LeaveAsync(string? device, CancellationToken ct);

    /// <summary>Removes a member.</summary>
    ValueTask<MembershipOutcome> DownAsync(string device, CancellationToken ct);
}

using System.Collections.Immutable;

namespace Exo.Actors.Membership;

/// <summary>All devices at one moment, oldest first.</summary>
/// <param name="Self">The address of the device that sees it so.</param>
/// <param name="SelfUid">Its incarnation.</param>
/// <param name="Devices">By age: the one that has been Up for longest first, those not yet Up last.</param>
public sealed record DirectoryView(string Self, int SelfUid, ImmutableArray<Device> Devices)
{
    /// <summary>Whether this incarnation of a device is still a member.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="uid">Its incarnation.</param>
    public bool Has(string address, int uid) => Devices.Any(device => device.Address == address && device.Uid == uid);
}

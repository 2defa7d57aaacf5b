namespace Exo.Actors.Membership;

/// <summary>A device as the directory knows it.</summary>
/// <param name="Address">Cluster address, <c>host:port</c>.</param>
/// <param name="Uid">Its incarnation: a restarted device has another.</param>
/// <param name="Status">Its member status.</param>
/// <param name="Reachable">Whether its heartbeats arrive.</param>
/// <param name="Profile">What it told of itself; null until it did.</param>
public sealed record Device(string Address, int Uid, string Status, bool Reachable, DeviceProfile? Profile)
{
    /// <summary>Whether it may take part in decisions and host stages.</summary>
    public bool IsUp => Status == "Up";
}

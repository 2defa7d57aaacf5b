namespace Exo.Actors;

/// <summary>A device as another one sees it.</summary>
/// <param name="Address">Cluster address, <c>host:port</c>.</param>
/// <param name="Name">What people call it; the address until it has introduced itself.</param>
/// <param name="Status">Its member status, e.g. <c>Up</c>.</param>
/// <param name="Reachable">Whether its heartbeats arrive.</param>
/// <param name="Self">Whether it is the device that was asked.</param>
/// <param name="MemoryBytes">Bytes that it offers; 0 until it has introduced itself.</param>
/// <param name="HttpAddress">Its gateway's <c>host:port</c>, if it has one.</param>
public sealed record MemberView(string Address, string Name, string Status, bool Reachable, bool Self, long MemoryBytes, string? HttpAddress)
{
    /// <summary>Its process id; 0 until it has introduced itself.</summary>
    public int ProcessId { get; init; }
}

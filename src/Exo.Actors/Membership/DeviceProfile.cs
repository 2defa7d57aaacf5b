namespace Exo.Actors.Membership;

/// <summary>What a device tells of itself.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="MemoryBytes">Bytes that it offers for weights, caches and work.</param>
/// <param name="HttpAddress">Its gateway, <c>host:port</c>; empty when it has none.</param>
/// <param name="ProcessId">Its process id on its machine.</param>
public sealed record DeviceProfile(string Name, long MemoryBytes, string HttpAddress, int ProcessId);

namespace Exo.Actors;

/// <summary>Who a device is.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Its address in the cluster, <c>host:port</c>.</param>
public sealed record NodeIdentity(string Name, string Address);

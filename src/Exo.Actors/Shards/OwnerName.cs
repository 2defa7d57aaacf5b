namespace Exo.Actors.Shards;

/// <summary>Where a session's owner lives.</summary>
/// <param name="Address">The device, <c>host:port</c>.</param>
/// <param name="Path">The actor's name below <c>/user</c>.</param>
public sealed record OwnerName(string Address, string Path);

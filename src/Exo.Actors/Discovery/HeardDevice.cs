namespace Exo.Actors.Discovery;

/// <summary>A device that was heard.</summary>
/// <param name="Device">What it told of itself.</param>
/// <param name="Interface">The network interface that it was heard on.</param>
public sealed record HeardDevice(Advertisement Device, string Interface);

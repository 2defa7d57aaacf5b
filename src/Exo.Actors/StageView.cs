namespace Exo.Actors;

/// <summary>One stage of a ring.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Address">The device's cluster address.</param>
/// <param name="FirstUnit">Its first unit.</param>
/// <param name="LastUnit">Its last unit, inclusive.</param>
/// <param name="Bytes">Bytes of its weights.</param>
/// <param name="HopMicroseconds">Mean time of a hop of this ring, last measured; 0 = not measured here.</param>
public sealed record StageView(string Device, string Address, int FirstUnit, int LastUnit, long Bytes, double HopMicroseconds);

using Exo.Engine.Models;

namespace Exo.Actors.Ring;

/// <summary>A stage of a plan.</summary>
/// <param name="Device">Address of the device, <c>host:port</c>.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Uid">The device's incarnation: a restarted one holds nothing.</param>
/// <param name="Units">Its units.</param>
/// <param name="WeightBytes">Bytes of their weights.</param>
public sealed record StagePlan(string Device, string Name, int Uid, UnitRange Units, long WeightBytes);

namespace Exo.Actors.Ring;

/// <summary>A device that may host a stage.</summary>
/// <param name="Address">Its address; breaks ties.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its incarnation.</param>
/// <param name="MemoryBytes">Bytes that it offers.</param>
public sealed record Candidate(string Address, string Name, int Uid, long MemoryBytes);

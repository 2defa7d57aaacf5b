namespace Exo.Engine.Kernels.Tiles;

/// <summary>Four tiles of <see cref="GroupedTiles"/>, and where in each of them lie the codes of a group, its scales and its offsets.</summary>
internal unsafe struct FourTiles
{
    public byte* First;
    public byte* Second;
    public byte* Third;
    public byte* Fourth;
    public long Words;
    public long Scales;
    public long Offsets;
}

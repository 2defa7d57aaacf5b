namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// Activations as products read them, in panels of four columns (a column is a row of the caller's x); a last panel of one column has width 1,
/// one of 2 or 3 is filled up with zeros. Group is 32 or 256 (signed bytes with a scale per group), or 0 (floats).
/// Group b of column c in panel p lies at index i = p·4·groups + b·width + c: bytes at i·Group, scale at i; the floats of a panel are [k][width].
/// Sums: group 32 has one int, −8 times the sum of the bytes (the offset of Q4_0); group 256 has eight int16 (sums of 32) and 16 int16 (sums of 16).
/// A copy is a snapshot: a late thread may hold one while the next product's is made.
/// </summary>
internal unsafe struct Activations
{
    public sbyte* Bytes;
    public float* Scales;
    public int* Sums;
    public short* Sums16;
    public float* Floats;
    public int Columns;
    public int Count;
    public int Group;

    public readonly int Panels => (Count + 3) / 4;

    public readonly int Groups => Columns / Group;

    public readonly int Width(int panel) => (panel * 4) + 1 == Count ? 1 : 4;

    /// <summary>Index of group <paramref name="block"/> of a column.</summary>
    public readonly long Index(int column, int block) => ((long)(column >> 2) * 4 * Groups) + ((long)block * Width(column >> 2)) + (column & 3);

    /// <summary>The same views from panel <paramref name="panel"/> on.</summary>
    public readonly Activations From(int panel)
    {
        Activations moved = this;
        long columns = (long)panel * 4;
        if (Group == 0)
        {
            moved.Floats += columns * Columns;
        }
        else
        {
            moved.Bytes += columns * Columns;
            moved.Scales += columns * Groups;
            moved.Sums += columns * Groups * (Group / 32 > 1 ? 4 : 1);
            moved.Sums16 += columns * Groups * 16;
        }

        moved.Count -= panel * 4;
        return moved;
    }

    /// <summary>Bytes that <paramref name="count"/> columns need, and where the parts lie.</summary>
    public static Activations Place(byte* memory, int columns, int count, int group, out long bytes)
    {
        long padded = (count + 3) / 4 * 4;
        Activations a = default;
        a.Columns = columns;
        a.Count = count;
        a.Group = group;
        if (group == 0)
        {
            a.Floats = (float*)memory;
            bytes = padded * columns * 4;
            return a;
        }

        long groups = padded * (columns / group);
        long scalesAt = Up(padded * columns);
        long sumsAt = Up(scalesAt + (groups * 4));
        long sums16At = Up(sumsAt + (groups * (group == 32 ? 4 : 16)));
        bytes = group == 32 ? sums16At : Up(sums16At + (groups * 32));
        a.Bytes = (sbyte*)memory;
        a.Scales = (float*)(memory + scalesAt);
        a.Sums = (int*)(memory + sumsAt);
        a.Sums16 = (short*)(memory + sums16At);
        return a;
    }

    private static long Up(long bytes) => (bytes + 63) & ~63L;
}

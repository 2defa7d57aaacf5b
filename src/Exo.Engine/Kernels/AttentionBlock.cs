namespace Exo.Engine.Kernels;

/// <summary>Some consecutive queries of one session for one key-value head: columns are (query, head of the group), query-major.</summary>
internal unsafe struct AttentionBlock
{
    public AttentionShape Shape;
    public byte** Pages;

    /// <summary>First query of the block, its first head of the group.</summary>
    public float* Queries;

    /// <summary>Position of the first query.</summary>
    public int Position;

    public int QueryCount;

    /// <summary>Last position of the row that the block is part of.</summary>
    public int RowLast;

    public int KvHead;

    /// <summary>Query heads that share the key-value head.</summary>
    public readonly int Group => Shape.Heads / Shape.Layout.KvHeads;

    public readonly int Columns => QueryCount * Group;

    public readonly float* Query(int column) => Queries + ((long)(column / Group) * Shape.QueryStride) + (column % Group * Shape.Layout.KeySize);

    /// <summary>First position that a column sees.</summary>
    public readonly int First(int column) => Shape.Window == 0 ? 0 : Shape.Chunked ? Last(column) / Shape.Window * Shape.Window : Math.Max(0, Last(column) + 1 - Shape.Window);

    /// <summary>Last position that a column sees: its own, or its row's.</summary>
    public readonly int Last(int column) => Shape.SeesAhead ? RowLast : Position + (column / Group);

    public readonly bool HasSinks => Shape.Sinks != null;

    public readonly float Sink(int column) => Shape.Sinks[(KvHead * Group) + (column % Group)];
}

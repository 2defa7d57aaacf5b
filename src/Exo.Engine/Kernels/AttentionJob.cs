using Exo.Engine.Memory;

namespace Exo.Engine.Kernels;

/// <summary>Attention of one layer: a slot is a block of queries of one session for one key-value head, over all its spans.</summary>
internal sealed unsafe class AttentionJob(ComputePool pool) : ComputeJob, IDisposable
{
    private const int MostColumns = 64;

    private KernelSet _kernels = null!;
    private AttentionShape _shape;
    private Entry[] _entries = [];
    private int _entryCount;
    private int _queriesPerBlock;
    private NativeBuffer? _pages; // a copy: a late thread must not follow pointers that the caller changes

    private struct Entry
    {
        public AttentionRows Rows;
        public long FirstPage;
        public int FirstSlot;
    }

    public long ScratchBytes { get; private set; }

    private int Group => _shape.Heads / _shape.Layout.KvHeads;

    /// <summary>Takes as many rows as one job can hold; returns how many. Slots may be 0 when none of them has queries.</summary>
    public int Plan(KernelSet kernels, in AttentionShape shape, ReadOnlySpan<AttentionRows> rows)
    {
        (_kernels, _shape, Slots, _entryCount) = (kernels, shape, 0, 0);
        _queriesPerBlock = Math.Max(1, MostColumns / Group);
        if (_entries.Length < rows.Length)
        {
            _entries = new Entry[Math.Max(rows.Length, _entries.Length * 2)];
        }

        long pages = 0;
        foreach (ref readonly AttentionRows row in rows)
        {
            int slots = (row.Count + _queriesPerBlock - 1) / _queriesPerBlock * shape.Layout.KvHeads;
            if (Slots != 0 && Slots + slots > ComputePool.MostSlots)
            {
                break;
            }

            _entries[_entryCount++] = new Entry { Rows = row, FirstPage = pages, FirstSlot = Slots };
            Slots += slots;
            pages += PagesOf(row);
        }

        CopyPages(pages);
        ScratchBytes = RoomFloats * 4;
        return _entryCount;
    }

    public override void Compute(int thread, int slot)
    {
        float* output = (float*)pool.Scratch(thread);
        _kernels.AttendBlock(Block(slot, out _), output, output + OutputFloats);
    }

    public override void Commit(int thread, int slot)
    {
        float* from = (float*)pool.Scratch(thread);
        AttentionBlock block = Block(slot, out float* output);
        int size = _shape.Layout.ValueSize;
        for (int c = 0; c < block.Columns; c++, from += _shape.Layout.ValueStride)
        {
            float* to = output + ((long)(c / Group) * _shape.OutputStride) + (c % Group * size);
            Buffer.MemoryCopy(from, to, size * 4, size * 4);
        }
    }

    public void Dispose() => _pages?.Dispose();

    private int PaddedColumns => ((_queriesPerBlock * Group) + 3) & ~3;

    private long OutputFloats => (long)PaddedColumns * _shape.Layout.ValueStride;

    private long RoomFloats => OutputFloats + AttentionRoom.Floats(PaddedColumns, _shape.Layout);

    private static int PagesOf(in AttentionRows rows) => (rows.Position + rows.Count + KvLayout.PagePositions - 1) / KvLayout.PagePositions;

    private void CopyPages(long pages)
    {
        long bytes = pages * sizeof(byte*);
        if (_pages == null || _pages.Bytes < bytes)
        {
            _pages?.Dispose();
            _pages = new NativeBuffer(Math.Max(4096, bytes * 2));
        }

        for (int i = 0; i < _entryCount; i++)
        {
            long size = (long)PagesOf(_entries[i].Rows) * sizeof(byte*);
            Buffer.MemoryCopy(_entries[i].Rows.Pages, (byte**)_pages.Pointer + _entries[i].FirstPage, size, size);
        }
    }

    private AttentionBlock Block(int slot, out float* output)
    {
        int low = 0;
        int high = _entryCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _entries[middle].FirstSlot <= slot ? (middle, high) : (low, middle - 1);
        }

        ref Entry entry = ref _entries[low];
        int local = slot - entry.FirstSlot;
        int head = local % _shape.Layout.KvHeads;
        int query = local / _shape.Layout.KvHeads * _queriesPerBlock;
        output = entry.Rows.Output + ((long)query * _shape.OutputStride) + (head * Group * _shape.Layout.ValueSize);
        return new AttentionBlock
        {
            Shape = _shape,
            Pages = (byte**)_pages!.Pointer + entry.FirstPage,
            Queries = entry.Rows.Queries + ((long)query * _shape.QueryStride) + (head * Group * _shape.Layout.KeySize),
            Position = entry.Rows.Position + query,
            RowLast = entry.Rows.Position + entry.Rows.Count - 1,
            QueryCount = Math.Min(_queriesPerBlock, entry.Rows.Count - query),
            KvHead = head,
        };
    }
}

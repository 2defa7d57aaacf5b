using System.Runtime.InteropServices;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>
/// Products of one input with several matrices. Few columns (at most 16): a slot is a run of tiles, a tile's ranges are walked in order, so that
/// weights are read once and in sequence. Many columns: a slot is some tiles times the columns whose range fits half of the second cache;
/// the range is the outer loop and the sums wait in scratch. Both give each output the same steps in the same order.
/// </summary>
internal sealed unsafe class ProductJob(ComputePool pool) : ComputeJob
{
    public const int MostMatrices = 8;
    private const int FewPanels = 4;
    private const int FewestBytesPerSlot = 128 << 10;
    private const int MostFewSlots = 64;
    private const int CacheFloats = 65536;

    private readonly Part[] _parts = new Part[MostMatrices];
    private readonly Activations[] _inputs = new Activations[3];
    private int _partCount;
    private int _count;
    private int _firstRow;
    private int _tiles;
    private int _tilesPerBlock;

    /// <summary>One matrix of the job.</summary>
    private struct Part
    {
        public WeightMatrix Weights;
        public float* Output;
        public int Input;
        public int FirstTile;
        public int FirstSlot;
        public int PanelChunks;
        public int PanelsPerChunk;
    }

    public long ScratchBytes { get; private set; }

    private int Panels => (_count + 3) / 4;

    public void Begin(int count, int firstRow)
    {
        (_count, _firstRow, _partCount, _tiles) = (count, firstRow, 0, 0);
    }

    public void Use(int input, in Activations activations) => _inputs[input] = activations;

    public void Add(Product product, int input)
    {
        if (_partCount == MostMatrices)
        {
            throw new InvalidOperationException($"More than {MostMatrices} matrices share an input.");
        }

        _parts[_partCount++] = new Part { Weights = product.Weights, Output = product.Output, Input = input, FirstTile = _tiles };
        _tiles += product.Weights.TileCount;
    }

    public void Plan()
    {
        if (Panels <= FewPanels)
        {
            PlanFew();
        }
        else
        {
            PlanMany();
        }
    }

    public override void Compute(int thread, int slot)
    {
        byte* scratch = pool.Scratch(thread);
        float* sums = (float*)(scratch + TileKernel.ScratchBytes);
        if (Panels <= FewPanels)
        {
            ComputeFew(slot, scratch, sums);
        }
        else
        {
            ComputeMany(slot, scratch, sums);
        }
    }

    public override void Commit(int thread, int slot)
    {
        float* sums = (float*)(pool.Scratch(thread) + TileKernel.ScratchBytes);
        if (Panels > FewPanels)
        {
            ref Part part = ref PartOf(slot, out int firstTile, out int tiles, out int firstPanel, out int endPanel);
            for (int i = 0; i < tiles; i++)
            {
                Store(part, firstTile + i, firstPanel, endPanel, sums + ((long)i * (endPanel - firstPanel) * 64));
            }

            return;
        }

        (int first, int end) = FewTiles(slot);
        for (int t = first, p = 0; t < end; t++, sums += Panels * 64)
        {
            while (p + 1 < _partCount && t >= _parts[p + 1].FirstTile)
            {
                p++;
            }

            Store(_parts[p], t - _parts[p].FirstTile, 0, Panels, sums);
        }
    }

    private void PlanFew()
    {
        long bytes = 0;
        for (int p = 0; p < _partCount; p++)
        {
            bytes += _parts[p].Weights.Bytes;
        }

        Slots = (int)Math.Clamp(bytes / FewestBytesPerSlot, 1, Math.Min(MostFewSlots, _tiles));
        ScratchBytes = TileKernel.ScratchBytes + ((long)((_tiles + Slots - 1) / Slots) * Panels * 256);
    }

    private void PlanMany()
    {
        _tilesPerBlock = 8;
        do
        {
            _tilesPerBlock *= 2;
            Slots = 0;
            for (int p = 0; p < _partCount; p++)
            {
                ref Part part = ref _parts[p];
                TileKernel kernel = part.Weights.Kernel;
                int range = Math.Min(RangeBlocks(part.Weights), part.Weights.Blocks) * kernel.BlockColumns;
                part.PanelsPerChunk = Math.Clamp(CacheFloats / range / (kernel.ActivationGroup == 0 ? 4 : 1), 4, Panels);
                part.PanelChunks = (Panels + part.PanelsPerChunk - 1) / part.PanelsPerChunk;
                part.FirstSlot = Slots;
                Slots += part.PanelChunks * ((part.Weights.TileCount + _tilesPerBlock - 1) / _tilesPerBlock);
            }
        }
        while (Slots > ComputePool.MostSlots);

        ScratchBytes = TileKernel.ScratchBytes + ((long)_tilesPerBlock * Panels * 256);
    }

    private void ComputeFew(int slot, byte* scratch, float* sums)
    {
        (int first, int end) = FewTiles(slot);
        int panels = Panels;
        for (int t = first, p = 0; t < end; t++, sums += panels * 64)
        {
            while (p + 1 < _partCount && t >= _parts[p + 1].FirstTile)
            {
                p++;
            }

            WeightMatrix weights = _parts[p].Weights;
            TileKernel kernel = weights.Kernel;
            byte* tile = weights.Tiles + ((t - _parts[p].FirstTile) * weights.TileBytes);
            ref Activations x = ref _inputs[_parts[p].Input];
            if (_count == 1)
            {
                int run = Math.Min(end, _parts[p].FirstTile + weights.TileCount) - t;
                kernel.Run(tile, run, weights.TileBytes, weights.Blocks, x, sums);
                t += run - 1;
                sums += (run - 1) * 64;
                continue;
            }

            NativeMemory.Clear(sums, (nuint)(panels * 256));
            int range = RangeBlocks(weights);
            for (int b = 0; b < weights.Blocks; b += range)
            {
                kernel.Many(tile, weights.Blocks, b, Math.Min(weights.Blocks, b + range), x, 0, panels, sums, scratch);
            }
        }
    }

    private void ComputeMany(int slot, byte* scratch, float* sums)
    {
        ref Part part = ref PartOf(slot, out int firstTile, out int tiles, out int firstPanel, out int endPanel);
        WeightMatrix weights = part.Weights;
        TileKernel kernel = weights.Kernel;
        ref Activations x = ref _inputs[part.Input];
        int stride = (endPanel - firstPanel) * 64;
        int range = RangeBlocks(weights);
        NativeMemory.Clear(sums, (nuint)tiles * (nuint)stride * 4);
        for (int b = 0; b < weights.Blocks; b += range)
        {
            for (int i = 0; i < tiles; i++)
            {
                byte* tile = weights.Tiles + ((firstTile + i) * weights.TileBytes);
                kernel.Many(tile, weights.Blocks, b, Math.Min(weights.Blocks, b + range), x, firstPanel, endPanel, sums + ((long)i * stride), scratch);
            }
        }
    }

    private static int RangeBlocks(WeightMatrix weights) => Math.Max(1, Math.Min(weights.Blocks, weights.Kernel.RangeColumns / weights.Kernel.BlockColumns));

    private (int First, int End) FewTiles(int slot) => ((int)((long)_tiles * slot / Slots), (int)((long)_tiles * (slot + 1) / Slots));

    private ref Part PartOf(int slot, out int firstTile, out int tiles, out int firstPanel, out int endPanel)
    {
        int p = 0;
        while (p + 1 < _partCount && slot >= _parts[p + 1].FirstSlot)
        {
            p++;
        }

        ref Part part = ref _parts[p];
        int local = slot - part.FirstSlot;
        firstTile = local / part.PanelChunks * _tilesPerBlock;
        tiles = Math.Min(_tilesPerBlock, part.Weights.TileCount - firstTile);
        firstPanel = local % part.PanelChunks * part.PanelsPerChunk;
        endPanel = Math.Min(Panels, firstPanel + part.PanelsPerChunk);
        return ref part;
    }

    private void Store(in Part part, int tile, int firstPanel, int endPanel, float* sums)
    {
        int rows = part.Weights.Rows;
        int row = tile * TileKernel.Rows;
        int present = Math.Min(TileKernel.Rows, rows - row);
        float* y = part.Output + row;
        for (int c = firstPanel * 4; c < Math.Min(_count, endPanel * 4); c++, sums += TileKernel.Rows)
        {
            Buffer.MemoryCopy(sums, y + ((long)(_firstRow + c) * rows), present * 4, present * 4);
        }
    }
}

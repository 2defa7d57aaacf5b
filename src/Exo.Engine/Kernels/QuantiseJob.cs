using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>Quantises many rows of activations: a slot is a panel.</summary>
internal sealed unsafe class QuantiseJob(ComputePool pool) : ComputeJob
{
    private const int Header = 64;

    private KernelSet _kernels = null!;
    private float* _x;
    private int _columns;
    private int _firstRow;
    private Activations _to;
    private long _panelBytes;

    public long ScratchBytes => Header + _panelBytes;

    public void Plan(KernelSet kernels, float* x, int columns, int firstRow, in Activations to)
    {
        _kernels = kernels;
        _x = x;
        _columns = columns;
        _firstRow = firstRow;
        _to = to;
        Activations.Place(null, to.Columns, 4, to.Group, out _panelBytes);
        Slots = to.Panels;
    }

    public override void Compute(int thread, int slot)
    {
        byte* scratch = pool.Scratch(thread);
        *(int*)scratch = Quantiser.Panel(_kernels, _x + ((long)slot * 4 * _columns), _columns, Local(scratch, slot));
    }

    public override void Commit(int thread, int slot)
    {
        byte* scratch = pool.Scratch(thread);
        Activations from = Local(scratch, slot);
        Activations to = _to.From(slot);
        int width = to.Width(0);
        long values = (long)width * to.Columns;
        if (to.Group == 0)
        {
            Copy(from.Floats, to.Floats, values * 4);
        }
        else
        {
            long groups = (long)width * to.Groups;
            Copy(from.Bytes, to.Bytes, values);
            Copy(from.Scales, to.Scales, groups * 4);
            Copy(from.Sums, to.Sums, groups * (to.Group == 32 ? 4 : 16));
            if (to.Group != 32)
            {
                Copy(from.Sums16, to.Sums16, groups * 32);
            }
        }

        int faults = *(int*)scratch;
        for (int c = 0; faults != 0; c++, faults >>= 1)
        {
            if ((faults & 1) != 0)
            {
                pool.Faults.Set(_firstRow + (slot * 4) + c);
            }
        }
    }

    private Activations Local(byte* scratch, int slot) =>
        Activations.Place(scratch + Header, _to.Columns, Math.Min(4, _to.Count - (slot * 4)), _to.Group, out _);

    private static void Copy(void* from, void* to, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);
}

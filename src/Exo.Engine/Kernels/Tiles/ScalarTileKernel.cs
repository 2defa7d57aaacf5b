namespace Exo.Engine.Kernels.Tiles;

/// <summary>The judge of a format: rows stay as in the file, each output is one plain loop.</summary>
internal abstract unsafe class ScalarTileKernel : TileKernel
{
    public override int RangeColumns => int.MaxValue;

    public abstract float Dot(byte* row, int blocks, in Activations x, int column);

    public override void Pack(byte* rows, int blocks, byte* tile)
    {
        long bytes = (long)blocks * BlockBytes * Rows;
        Buffer.MemoryCopy(rows, tile, bytes, bytes);
    }

    public override void One(byte* tile, int blocks, in Activations x, int panel, float* y)
    {
        for (int r = 0; r < Rows; r++)
        {
            y[r] = Dot(tile + ((long)r * blocks * BlockBytes), blocks, x, panel * 4);
        }
    }

    public override void Many(byte* tile, int blocks, int firstBlock, int endBlock, in Activations x, int firstPanel, int endPanel, float* sums, byte* scratch)
    {
        for (int p = firstPanel; p < endPanel; p++, sums += 64)
        {
            for (int c = 0; c < x.Width(p); c++)
            {
                for (int r = 0; r < Rows; r++)
                {
                    sums[(c * Rows) + r] = Dot(tile + ((long)r * blocks * BlockBytes), blocks, x, (p * 4) + c);
                }
            }
        }
    }

    protected static float FloatAt(in Activations x, int column, int k) =>
        x.Floats[((long)(column >> 2) * 4 * x.Columns) + ((long)k * x.Width(column >> 2)) + (column & 3)];
}

using Exo.Engine.Formats;

namespace Exo.Engine.Kernels;

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

/// <summary>acc = fma(w, x, acc), k ascending.</summary>
internal sealed unsafe class ScalarF32 : ScalarTileKernel
{
    public override TensorType Type => TensorType.F32;

    public override int BlockColumns => 2;

    public override int BlockBytes => 8;

    public override int ActivationGroup => 0;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int k = 0; k < blocks * 2; k++)
        {
            sum = MathF.FusedMultiplyAdd(((float*)row)[k], FloatAt(x, column, k), sum);
        }

        return sum;
    }
}

/// <summary>acc = fma(f32(w), x, acc), k ascending.</summary>
internal sealed unsafe class ScalarF16 : ScalarTileKernel
{
    public override TensorType Type => TensorType.F16;

    public override int BlockColumns => 2;

    public override int BlockBytes => 4;

    public override int ActivationGroup => 0;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int k = 0; k < blocks * 2; k++)
        {
            sum = MathF.FusedMultiplyAdd(HalfBits.ToSingle(((ushort*)row)[k]), FloatAt(x, column, k), sum);
        }

        return sum;
    }
}

/// <summary>acc = fma(f32(w), x, acc), k ascending.</summary>
internal sealed unsafe class ScalarBF16 : ScalarTileKernel
{
    public override TensorType Type => TensorType.BF16;

    public override int BlockColumns => 2;

    public override int BlockBytes => 4;

    public override int ActivationGroup => 0;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int k = 0; k < blocks * 2; k++)
        {
            sum = MathF.FusedMultiplyAdd(HalfBits.BrainToSingle(((ushort*)row)[k]), FloatAt(x, column, k), sum);
        }

        return sum;
    }
}

/// <summary>GGUF block_q4_0 = f16 d, 16 bytes: low nibbles k = 0..15, high ones 16..31. acc = fma((float)Σ(q − 8)a, d·da, acc).</summary>
internal sealed unsafe class ScalarQ40 : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q4_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 18;

    public override int ActivationGroup => 32;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 18)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            int dot = 0;
            for (int i = 0; i < 16; i++)
            {
                dot += (((row[2 + i] & 15) - 8) * a[i]) + (((row[2 + i] >> 4) - 8) * a[16 + i]);
            }

            sum = MathF.FusedMultiplyAdd(dot, HalfBits.ToSingle(*(ushort*)row) * x.Scales[index], sum);
        }

        return sum;
    }
}

/// <summary>GGUF block_q8_0 = f16 d, 32 signed bytes. acc = fma((float)Σ q·a, d·da, acc).</summary>
internal sealed unsafe class ScalarQ80 : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q8_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 34;

    public override int ActivationGroup => 32;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += 34)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            int dot = 0;
            for (int i = 0; i < 32; i++)
            {
                dot += (sbyte)row[2 + i] * a[i];
            }

            sum = MathF.FusedMultiplyAdd(dot, HalfBits.ToSingle(*(ushort*)row) * x.Scales[index], sum);
        }

        return sum;
    }
}

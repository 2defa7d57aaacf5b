using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>F32, F16 and BF16 as ggml multiplies a batch: activations rounded to the weights' format, eight sums by k mod 8, then a tree.</summary>
internal sealed unsafe class GgmlFloats(TensorType type) : ScalarTileKernel
{
    public override TensorType Type => type;

    public override int BlockColumns => 2;

    public override int BlockBytes => type == TensorType.F32 ? 8 : 4;

    public override int ActivationGroup => 0;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        int n = blocks * 2;
        float* lanes = stackalloc float[32];
        if (n % 8 != 0)
        {
            return Ragged(row, n, x, column, lanes);
        }

        for (int k = 0; k < n; k++)
        {
            lanes[k & 7] = MathF.FusedMultiplyAdd(Weight(row, k), Rounded(FloatAt(x, column, k)), lanes[k & 7]);
        }

        return ScalarKernels.Tree8(lanes);
    }

    /// <summary>A row that is no whole number of vectors: 32 sums by k mod 32, a tree of the format's own, the rest in double.</summary>
    private float Ragged(byte* row, int n, in Activations x, int column, float* lanes)
    {
        int whole = n & ~31;
        for (int k = 0; k < whole; k++)
        {
            lanes[k & 31] = MathF.FusedMultiplyAdd(Weight(row, k), Rounded(FloatAt(x, column, k)), lanes[k & 31]);
        }

        for (int i = 0; i < 8; i++)
        {
            lanes[i] = (lanes[i] + lanes[i + 16]) + (lanes[i + 8] + lanes[i + 24]);
        }

        double sum = type == TensorType.BF16
            ? ScalarKernels.Tree8(lanes)
            : ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
        for (int k = whole; k < n; k++)
        {
            sum += Weight(row, k) * Rounded(FloatAt(x, column, k));
        }

        return (float)sum;
    }

    private float Weight(byte* row, int k) => type switch
    {
        TensorType.F16 => HalfBits.ToSingle(((ushort*)row)[k]),
        TensorType.BF16 => HalfBits.BrainToSingle(((ushort*)row)[k]),
        _ => ((float*)row)[k],
    };

    private float Rounded(float x)
    {
        if (type == TensorType.F16)
        {
            return HalfBits.ToSingle(HalfBits.FromSingle(x));
        }

        uint bits = BitConverter.SingleToUInt32Bits(x);
        return type == TensorType.BF16 ? BitConverter.UInt32BitsToSingle((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000) : x;
    }
}

/// <summary>Q8_0 as ggml multiplies it: eight sums, each of four neighbours of every block.</summary>
internal sealed unsafe class GgmlQ80 : ScalarTileKernel
{
    public override TensorType Type => TensorType.Q8_0;

    public override int BlockColumns => 32;

    public override int BlockBytes => 34;

    public override int ActivationGroup => 32;

    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        float* lanes = stackalloc float[8];
        for (int b = 0; b < blocks; b++, row += BlockBytes)
        {
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            float scale = HalfBits.ToSingle(*(ushort*)row) * x.Scales[index];
            for (int i = 0; i < 32; i += 4)
            {
                sbyte* w = (sbyte*)row + 2 + i;
                int dot = (w[0] * a[i]) + (w[1] * a[i + 1]) + (w[2] * a[i + 2]) + (w[3] * a[i + 3]);
                lanes[i / 4] = MathF.FusedMultiplyAdd(scale, dot, lanes[i / 4]);
            }
        }

        return ScalarKernels.Tree8(lanes);
    }
}

using System.Runtime.CompilerServices;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// A format of blocks of 32 weights: value = d · code [+ m], with small integer codes. How a block is read by a plain loop, and how 16 rows of it are
/// brought into the one form that vector kernels multiply.
/// </summary>
internal abstract unsafe class Codes32(TensorType type, int blockBytes)
{
    // Parts of an expanded block of 16 rows: 8 words of four codes, d and m as floats.
    public const int FactorsAt = 512;
    public const int MinimaAt = FactorsAt + 64;
    public const int ExpandedBytes = MinimaAt + 64;

    public TensorType Type => type;

    public int BlockBytes => blockBytes;

    /// <summary>Bytes of 16 rows' block.</summary>
    public int StepBytes => blockBytes * TileKernel.Rows;

    /// <summary>Whether expanded codes are signed bytes; otherwise they are 0..31 and count from <see cref="Offset"/>.</summary>
    public virtual bool IsSigned => false;

    /// <summary>0, 8 or 16.</summary>
    public virtual int Offset => 0;

    public virtual bool HasMinima => false;

    /// <summary>Reads one row's block as the file has it.</summary>
    /// <param name="block">The file's bytes.</param>
    /// <param name="codes">[32]</param>
    /// <param name="minimum">m.</param>
    /// <returns>d.</returns>
    public abstract float Read(byte* block, sbyte* codes, out float minimum);

    /// <summary>Brings 16 rows' block from the file into the order of <see cref="Expand"/>, byte for byte.</summary>
    /// <param name="rows">The first row's block.</param>
    /// <param name="stride">Bytes between rows.</param>
    /// <param name="step">Takes <see cref="StepBytes"/>.</param>
    public abstract void Pack(byte* rows, long stride, byte* step);

    /// <summary>Expands 16 rows of blocks that follow each other.</summary>
    /// <param name="step">As packed.</param>
    /// <param name="count">Blocks.</param>
    /// <param name="room">Takes <see cref="ExpandedBytes"/> for each.</param>
    public abstract void Expand(byte* step, int count, byte* room);
}

/// <summary>The judge of these formats. Per block acc = fma((float)Σ code·a, d·da, acc); with minima then acc = fma((float)Σ a, m·da, acc).</summary>
internal sealed unsafe class ScalarCodes32(Codes32 format) : ScalarTileKernel
{
    public override TensorType Type => format.Type;

    public override int BlockColumns => 32;

    public override int BlockBytes => format.BlockBytes;

    public override int ActivationGroup => 32;

    [SkipLocalsInit]
    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        sbyte* codes = stackalloc sbyte[32];
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += format.BlockBytes)
        {
            float d = format.Read(row, codes, out float minimum);
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 32);
            int dot = 0;
            int total = 0;
            for (int k = 0; k < 32; k++)
            {
                dot += codes[k] * a[k];
                total += a[k];
            }

            float da = x.Scales[index];
            sum = MathF.FusedMultiplyAdd(dot, d * da, sum);
            sum = format.HasMinima ? MathF.FusedMultiplyAdd(total, minimum * da, sum) : sum;
        }

        return sum;
    }
}

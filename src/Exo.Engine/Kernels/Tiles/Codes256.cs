using System.Runtime.CompilerServices;
using Exo.Engine.Formats;

namespace Exo.Engine.Kernels.Tiles;

/// <summary>
/// A format of super-blocks of 256 weights: value = d · scale · code [− dmin · minimum], with small integer codes, and a scale and a minimum for
/// each 16 weights. How a block is read by a plain loop, and how 16 rows of it are brought into the one form that vector kernels multiply.
/// </summary>
internal abstract unsafe class Codes256(TensorType type, int blockBytes)
{
    // Parts of an expanded block of 16 rows: words of four codes, of four scales and of four minima of the 16 rows; d and dmin.
    public const int ScalesAt = 4096;
    public const int MinimaAt = ScalesAt + 256;
    public const int FactorsAt = MinimaAt + 256;
    public const int MinimumFactorsAt = FactorsAt + 64;
    public const int ExpandedBytes = MinimumFactorsAt + 64;

    public TensorType Type => type;

    public int BlockBytes => blockBytes;

    /// <summary>Bytes of 16 rows' block.</summary>
    public int StepBytes => blockBytes * TileKernel.Rows;

    /// <summary>Whether expanded codes are signed bytes; otherwise they are 0..31 and count from <see cref="Offset"/>.</summary>
    public virtual bool IsSigned => false;

    public virtual int Offset => 0;

    public virtual bool HasMinima => false;

    /// <summary>Reads one row's block as the file has it.</summary>
    /// <param name="block">The file's bytes.</param>
    /// <param name="codes">[256]</param>
    /// <param name="scales">[16]</param>
    /// <param name="minima">[16]; only where there are minima.</param>
    /// <param name="dmin">What minima are multiplied by.</param>
    /// <returns>d.</returns>
    public abstract float Read(byte* block, sbyte* codes, sbyte* scales, byte* minima, out float dmin);

    /// <summary>Brings 16 rows' block from the file into the order of <see cref="Expand"/>, byte for byte.</summary>
    /// <param name="rows">The first row's block.</param>
    /// <param name="stride">Bytes between rows.</param>
    /// <param name="step">Takes <see cref="StepBytes"/>.</param>
    public abstract void Pack(byte* rows, long stride, byte* step);

    /// <summary>Expands 16 rows' block.</summary>
    /// <param name="step">As packed.</param>
    /// <param name="room">Takes <see cref="ExpandedBytes"/>.</param>
    public abstract void Expand(byte* step, byte* room);
}

/// <summary>
/// The judge of these formats. Per super-block acc = fma((float)Σ scale·Σ code·a, d·da, acc); with minima then acc = fma((float)−Σ min·Σ a, dmin·da, acc).
/// </summary>
internal sealed unsafe class ScalarCodes256(Codes256 format) : ScalarTileKernel
{
    public override TensorType Type => format.Type;

    public override int BlockColumns => 256;

    public override int BlockBytes => format.BlockBytes;

    public override int ActivationGroup => 256;

    [SkipLocalsInit]
    public override float Dot(byte* row, int blocks, in Activations x, int column)
    {
        sbyte* codes = stackalloc sbyte[256];
        sbyte* scales = stackalloc sbyte[16];
        byte* minima = stackalloc byte[16];
        float sum = 0;
        for (int b = 0; b < blocks; b++, row += format.BlockBytes)
        {
            float d = format.Read(row, codes, scales, minima, out float dmin);
            long index = x.Index(column, b);
            sbyte* a = x.Bytes + (index * 256);
            int product = 0;
            int offset = 0;
            for (int j = 0; j < 16; j++)
            {
                int dot = 0;
                int total = 0;
                for (int k = j * 16; k < (j * 16) + 16; k++)
                {
                    dot += codes[k] * a[k];
                    total += a[k];
                }

                product += scales[j] * dot;
                offset += format.HasMinima ? minima[j] * total : 0;
            }

            float da = x.Scales[index];
            sum = MathF.FusedMultiplyAdd(product, d * da, sum);
            sum = format.HasMinima ? MathF.FusedMultiplyAdd(-offset, dmin * da, sum) : sum;
        }

        return sum;
    }
}

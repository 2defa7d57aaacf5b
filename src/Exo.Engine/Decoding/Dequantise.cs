using System.Diagnostics;
using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Decodes rows of stored weights to f32, bit for bit as ggml does: products and sums rounded one by one, no fused steps.</summary>
internal static unsafe class Dequantise
{
    public static bool Supports(TensorType type) =>
        type.TryBlock(out _, out _) && type is not (TensorType.I8 or TensorType.I16 or TensorType.I32 or TensorType.I64 or TensorType.F64);

    /// <summary>Decodes one row.</summary>
    /// <param name="type">Format of the row.</param>
    /// <param name="row">Bytes of the file.</param>
    /// <param name="columns">Elements; whole blocks of the format.</param>
    /// <param name="output">[columns]</param>
    /// <exception cref="NotSupportedException">The format is not one that <see cref="Supports"/> knows.</exception>
    public static void Row(TensorType type, byte* row, int columns, float* output)
    {
        if (!Supports(type))
        {
            throw new NotSupportedException($"Weights stored as {type} cannot be decoded. Convert the model to another format, such as Q8_0.");
        }

        if (type == TensorType.F32)
        {
            Buffer.MemoryCopy(row, output, (long)columns * 4, (long)columns * 4);
            return;
        }

        type.TryBlock(out int elements, out int bytes);
        for (int k = 0; k < columns; k += elements, row += bytes, output += elements)
        {
            Block(type, row, output);
        }
    }

    private static void Block(TensorType type, byte* block, float* y)
    {
        switch (type)
        {
            case TensorType.F16:
                *y = HalfBits.ToSingle(*(ushort*)block);
                break;
            case TensorType.BF16:
                *y = HalfBits.BrainToSingle(*(ushort*)block);
                break;
            case TensorType.Q4_0:
                Blocks32.Q40(block, y);
                break;
            case TensorType.Q4_1:
                Blocks32.Q41(block, y);
                break;
            case TensorType.Q5_0:
                Blocks32.Q50(block, y);
                break;
            case TensorType.Q5_1:
                Blocks32.Q51(block, y);
                break;
            case TensorType.Q8_0:
                Blocks32.Q80(block, y);
                break;
            case TensorType.Q2_K:
                Blocks256.Q2K(block, y);
                break;
            case TensorType.Q3_K:
                Blocks256.Q3K(block, y);
                break;
            case TensorType.Q4_K:
                Blocks256.Q4K(block, y);
                break;
            case TensorType.Q5_K:
                Blocks256.Q5K(block, y);
                break;
            case TensorType.Q6_K:
                Blocks256.Q6K(block, y);
                break;
            case TensorType.IQ1_S:
                CodebookBlocks.Iq1S(block, y);
                break;
            case TensorType.IQ1_M:
                CodebookBlocks.Iq1M(block, y);
                break;
            case TensorType.IQ2_XXS:
                CodebookBlocks.Iq2Xxs(block, y);
                break;
            case TensorType.IQ2_XS:
                CodebookBlocks.Iq2Xs(block, y);
                break;
            case TensorType.IQ2_S:
                CodebookBlocks.Iq2S(block, y);
                break;
            case TensorType.IQ3_XXS:
                CodebookBlocks.Iq3Xxs(block, y);
                break;
            case TensorType.IQ3_S:
                CodebookBlocks.Iq3S(block, y);
                break;
            case TensorType.IQ4_NL:
                LevelBlocks.Iq4Nl(block, y);
                break;
            case TensorType.IQ4_XS:
                LevelBlocks.Iq4Xs(block, y);
                break;
            case TensorType.MXFP4:
                LevelBlocks.Mxfp4(block, y);
                break;
            case TensorType.NVFP4:
                LevelBlocks.Nvfp4(block, y);
                break;
            case TensorType.TQ1_0:
                FewBitBlocks.Tq10(block, y);
                break;
            case TensorType.TQ2_0:
                FewBitBlocks.Tq20(block, y);
                break;
            case TensorType.Q1_0:
                FewBitBlocks.Q10(block, y);
                break;
            case TensorType.Q2_0:
                FewBitBlocks.Q20(block, y);
                break;
            default:
                throw new UnreachableException($"no decoder of {type}");
        }
    }
}

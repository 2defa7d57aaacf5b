using Exo.Engine.Formats;

namespace Exo.Engine.Kernels;

/// <summary>Decodes rows of stored weights to f32, bit for bit as ggml does: products and sums rounded one by one, no fused steps.</summary>
internal static unsafe class Dequantise
{
    public static bool Supports(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.Q4_0 or TensorType.Q8_0;

    /// <summary>Decodes one row.</summary>
    /// <param name="type">Format of the row.</param>
    /// <param name="row">Bytes of the file.</param>
    /// <param name="columns">Elements; whole blocks of the format.</param>
    /// <param name="output">[columns]</param>
    /// <exception cref="NotSupportedException">The format is not one that <see cref="Supports"/> knows.</exception>
    public static void Row(TensorType type, byte* row, int columns, float* output)
    {
        switch (type)
        {
            case TensorType.F32:
                Buffer.MemoryCopy(row, output, (long)columns * 4, (long)columns * 4);
                break;
            case TensorType.F16:
                for (int k = 0; k < columns; k++)
                {
                    output[k] = HalfBits.ToSingle(((ushort*)row)[k]);
                }

                break;
            case TensorType.BF16:
                for (int k = 0; k < columns; k++)
                {
                    output[k] = HalfBits.BrainToSingle(((ushort*)row)[k]);
                }

                break;
            case TensorType.Q4_0:
                Q40(row, columns / 32, output);
                break;
            case TensorType.Q8_0:
                Q80(row, columns / 32, output);
                break;
            default:
                throw new NotSupportedException($"Weights stored as {type} cannot be decoded. Convert the model to another format, such as Q8_0.");
        }
    }

    private static void Q40(byte* block, int blocks, float* y)
    {
        for (int b = 0; b < blocks; b++, block += 18, y += 32)
        {
            float d = HalfBits.ToSingle(*(ushort*)block);
            for (int i = 0; i < 16; i++)
            {
                y[i] = ((block[2 + i] & 15) - 8) * d;
                y[i + 16] = ((block[2 + i] >> 4) - 8) * d;
            }
        }
    }

    private static void Q80(byte* block, int blocks, float* y)
    {
        for (int b = 0; b < blocks; b++, block += 34, y += 32)
        {
            float d = HalfBits.ToSingle(*(ushort*)block);
            for (int i = 0; i < 32; i++)
            {
                y[i] = (sbyte)block[2 + i] * d;
            }
        }
    }
}

using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>
/// Rows out of several tensors of a folder. The layouts are facts of the formats, from their public descriptions: MLX's quantised arrays, the
/// DeepSeek-V3 and gpt-oss repositories, AutoGPTQ, AutoAWQ (gemm) and compressed-tensors (pack-quantized).
/// </summary>
internal sealed unsafe class PackedRows(PackedWeights packed, int rows, int columns) : StoredRows(new GroupedRows(packed, columns), rows, columns)
{
    /// <summary>Which nibble of an AWQ word holds output 8w + i.</summary>
    private static ReadOnlySpan<byte> AwqNibble => [0, 4, 1, 5, 2, 6, 3, 7];

    private GroupedRows Grouped => (GroupedRows)Format;

    public override void Copy(int first, int count, byte* to, long stride)
    {
        for (int r = 0; r < count; r++)
        {
            new Span<byte>(to + (r * stride), checked((int)stride)).Clear();
        }

        switch (packed.Scheme)
        {
            case PackedScheme.Gptq:
            case PackedScheme.GptqV2:
                GptqCodes(first, count, to, stride);
                ByOutput(first, count, to, stride);
                break;
            case PackedScheme.Awq:
                AwqCodes(first, count, to, stride);
                ByOutput(first, count, to, stride);
                break;
            default:
                ByRow(first, count, to, stride);
                break;
        }
    }

    /// <summary>Codes and scales of a row lie together.</summary>
    private void ByRow(int first, int count, byte* to, long stride)
    {
        long codes = packed.Codes.Bytes / Rows;
        long groups = Grouped.Groups;
        long scales = groups * Grouped.ScaleBytes;
        for (int r = 0; r < count; r++, to += stride)
        {
            int row = first + r;
            byte* behind = to + Grouped.CodeBytes;
            Buffer.MemoryCopy(packed.Codes.Data + (row * codes), to, Grouped.CodeBytes, codes);
            Buffer.MemoryCopy(packed.Scales.Data + (row / packed.GroupRows * scales), behind, scales, scales);
            behind += scales;
            if (packed.Scheme == PackedScheme.MlxAffine)
            {
                Buffer.MemoryCopy(packed.Offsets!.Data + (row * scales), behind, scales, scales);
            }
            else if (packed.Scheme == PackedScheme.CompressedInt)
            {
                for (int g = 0; g < groups; g++)
                {
                    behind[g] = packed.Offsets is { } zeros
                        ? (byte)(Code((uint*)zeros.Data, (row / PerWord * groups) + g, row % PerWord))
                        : (byte)(1 << (packed.Bits - 1));
                }
            }
        }
    }

    private int PerWord => 32 / packed.Bits;

    private int Code(uint* words, long word, int place) => (int)(words[word] >> (place * packed.Bits)) & ((1 << packed.Bits) - 1);

    /// <summary>[words of inputs, outputs]: a word is a piece of an output's stream.</summary>
    private void GptqCodes(int first, int count, byte* to, long stride)
    {
        for (int w = 0; w < Columns / PerWord; w++)
        {
            uint* words = (uint*)packed.Codes.Data + ((long)w * Rows) + first;
            for (int r = 0; r < count; r++)
            {
                ((uint*)(to + (r * stride)))[w] = words[r];
            }
        }
    }

    /// <summary>[inputs, words of outputs]</summary>
    private void AwqCodes(int first, int count, byte* to, long stride)
    {
        long words = Rows / 8;
        for (int k = 0; k < Columns; k++)
        {
            for (int r = 0; r < count; r++)
            {
                int code = Code((uint*)packed.Codes.Data, (k * words) + ((first + r) / 8), AwqNibble[(first + r) % 8]);
                (to + (r * stride))[k >> 1] |= (byte)(code << ((k & 1) * 4));
            }
        }
    }

    /// <summary>Scales [groups, outputs] and zero points [groups, words of outputs].</summary>
    private void ByOutput(int first, int count, byte* to, long stride)
    {
        int size = Grouped.ScaleBytes;
        for (int g = 0; g < Grouped.Groups; g++)
        {
            for (int r = 0; r < count; r++)
            {
                int row = first + r;
                byte* behind = to + (r * stride) + Grouped.CodeBytes;
                Buffer.MemoryCopy(packed.Scales.Data + ((((long)g * Rows) + row) * size), behind + (g * size), size, size);
                int place = packed.Scheme == PackedScheme.Awq ? AwqNibble[row % 8] : row % PerWord;
                int zero = Code((uint*)packed.Offsets!.Data, ((long)g * (Rows / PerWord)) + (row / PerWord), place);
                behind[((long)Grouped.Groups * size) + g] = (byte)(zero + (packed.Scheme == PackedScheme.Gptq ? 1 : 0));
            }
        }
    }
}

using System.Diagnostics;
using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>
/// Rows of quantised weights of safetensors folders, their parts brought together: the codes as one stream of bits (lowest first), the scales of
/// the groups as they are stored, then biases as they are stored or zero points in a byte each.
/// </summary>
internal sealed unsafe class GroupedRows : RowFormat
{
    private static readonly float[] s_e2M1 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6];

    private readonly bool _zeroPoints;
    private readonly float _global;
    private readonly int[]? _order;

    /// <param name="packed">The parts.</param>
    /// <param name="columns">Of the matrix.</param>
    public GroupedRows(PackedWeights packed, int columns)
    {
        (Scheme, Bits, ScaleType, _global) = (packed.Scheme, packed.Bits, packed.Scales.Type, packed.Global);
        GroupColumns = Math.Min(packed.GroupColumns, columns);
        Groups = (columns + GroupColumns - 1) / GroupColumns;
        CodeBytes = ((long)columns * Bits / 8 + 7) & ~3L;
        ScaleBytes = ScaleType == TensorType.F32 ? 4 : ScaleType == TensorType.I8 ? 1 : 2;
        _zeroPoints = packed.Scheme is PackedScheme.Gptq or PackedScheme.GptqV2 or PackedScheme.Awq or PackedScheme.CompressedInt;
        OffsetBytes = _zeroPoints ? 1 : packed.Offsets is null ? 0 : ScaleBytes;
        Size = (CodeBytes + ((long)Groups * (ScaleBytes + OffsetBytes)) + 3) & ~3L;
        if (packed.Order is { } order)
        {
            _order = new ReadOnlySpan<int>(order.Data, columns).ToArray();
        }
    }

    public PackedScheme Scheme { get; }

    /// <summary>Of a code.</summary>
    public int Bits { get; }

    /// <summary>Columns of a scale; of the last one there may be fewer.</summary>
    public int GroupColumns { get; }

    public TensorType ScaleType { get; }

    /// <summary>Whether 32 columns always share a scale.</summary>
    public bool CanTurn => _order is null && GroupColumns % 32 == 0 && Scheme != PackedScheme.Nvfp4;

    public int Groups { get; }

    public long CodeBytes { get; }

    public int ScaleBytes { get; }

    public int OffsetBytes { get; }

    private long Size { get; }

    public override long RowBytes(int columns) => Size;

    public override bool IsFinite(byte* row, int columns) => true; // a folder's parts are looked through before, where a fault can be named

    public override void Decode(byte* row, int first, int count, float* y)
    {
        int end = first + count;
        if (_order is not null)
        {
            for (int k = first; k < end; k++)
            {
                Run(row, _order[k], k, k + 1, y + (k - first));
            }

            return;
        }

        for (int k = first; k < end;)
        {
            int group = k / GroupColumns;
            int stop = Math.Min(end, (group + 1) * GroupColumns);
            Run(row, group, k, stop, y + (k - first));
            k = stop;
        }
    }

    /// <summary>Columns [k, end) of one group.</summary>
    private void Run(byte* row, int group, int k, int end, float* y)
    {
        byte* scales = row + CodeBytes;
        byte* offsets = scales + ((long)Groups * ScaleBytes);
        float scale = Number(scales, group);
        switch (Scheme)
        {
            case PackedScheme.MlxAffine:
                float bias = Number(offsets, group);
                for (; CodeVectors.IsSupported && (Bits is 4 or 8) && k % 8 == 0 && k + 8 <= end; k += 8, y += 8)
                {
                    CodeVectors.Store(Bits == 4 ? CodeVectors.Nibbles(*(uint*)(row + (k / 2))) : CodeVectors.Bytes(row + k), scale, bias, y);
                }

                for (; k < end; k++)
                {
                    float product = scale * Code(row, k);
                    *y++ = product + bias;
                }

                break;
            case PackedScheme.Mxfp4:
            case PackedScheme.Nvfp4:
                for (; CodeVectors.IsSupported && k % 8 == 0 && k + 8 <= end; k += 8, y += 8)
                {
                    CodeVectors.StoreE2M1(*(uint*)(row + (k / 2)), scale, y);
                }

                for (; k < end; k++)
                {
                    *y++ = s_e2M1[(row[k >> 1] >> ((k & 1) * 4)) & 15] * scale;
                }

                break;
            case PackedScheme.Mxfp8:
            case PackedScheme.Fp8:
                for (; k < end; k++)
                {
                    *y++ = SmallFloats.E4M3(row[k]) * scale;
                }

                break;
            case PackedScheme.Fp8E5M2:
                for (; k < end; k++)
                {
                    *y++ = SmallFloats.E5M2(row[k]) * scale;
                }

                break;
            default:
                int zero = offsets[group];
                for (; k < end; k++)
                {
                    *y++ = scale * (Code(row, k) - zero);
                }

                break;
        }
    }

    private int Code(byte* row, int k)
    {
        if (Bits == 4)
        {
            return (row[k >> 1] >> ((k & 1) * 4)) & 15;
        }

        long bit = (long)k * Bits;
        return (*(ushort*)(row + (bit >> 3)) >> (int)(bit & 7)) & ((1 << Bits) - 1);
    }

    private float Number(byte* numbers, int i) => ScaleType switch
    {
        TensorType.F32 => ((float*)numbers)[i],
        TensorType.F16 => HalfBits.ToSingle(((ushort*)numbers)[i]),
        TensorType.BF16 => HalfBits.BrainToSingle(((ushort*)numbers)[i]),
        TensorType.I8 when Scheme == PackedScheme.Nvfp4 => SmallFloats.E4M3(numbers[i]) * _global,
        TensorType.I8 => BitConverter.Int32BitsToSingle(numbers[i] == 0 ? 0x00400000 : numbers[i] << 23),
        _ => throw new UnreachableException($"scales stored as {ScaleType}"),
    };
}

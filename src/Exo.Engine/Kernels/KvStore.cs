using Exo.Engine.Decoding;

namespace Exo.Engine.Kernels;

/// <summary>Writes and reads single positions of a cache page.</summary>
internal static unsafe class KvStore
{
    /// <summary>Stores one position of all heads.</summary>
    /// <param name="layout">Layout of the page.</param>
    /// <param name="page">A page of one layer.</param>
    /// <param name="position">0..511 within the page.</param>
    /// <param name="keys">[kvHeads, keySize]</param>
    /// <param name="values">[kvHeads, valueSize]</param>
    public static void Append(in KvLayout layout, byte* page, int position, float* keys, float* values)
    {
        for (int h = 0; h < layout.KvHeads; h++, keys += layout.KeySize, values += layout.ValueSize)
        {
            byte* tile = layout.KeyTile(page, h, position);
            byte* row = layout.ValueRow(page, h, position);
            int lane = position % KvLayout.TilePositions;
            switch (layout.Type)
            {
                case KvCacheType.F32:
                    AppendFloats(layout, (float*)tile + lane, (float*)row, keys, values);
                    break;
                case KvCacheType.Q8:
                    AppendKey(layout, tile, lane, keys);
                    AppendValue(layout, (sbyte*)row, layout.ValueScale(page, h, position, 0), values);
                    break;
                default:
                    AppendHalves(layout, (ushort*)tile + (lane * 2), (ushort*)row, keys, values);
                    break;
            }
        }
    }

    public static float Key(in KvLayout layout, byte* page, int head, int position, int d)
    {
        byte* tile = layout.KeyTile(page, head, position);
        int lane = position % KvLayout.TilePositions;
        switch (layout.Type)
        {
            case KvCacheType.F32:
                return ((float*)tile)[(d * 16) + lane];
            case KvCacheType.Q8:
                ushort* scales = KvLayout.KeyScales(tile, d / KvLayout.BlockSize);
                return KvBlocks.Dequantise(((sbyte*)(scales + 16))[(d % KvLayout.BlockSize * 16) + lane], scales[lane]);
            default:
                return Half(layout.Type, ((ushort*)tile)[((d >> 1) * 32) + (lane * 2) + (d & 1)]);
        }
    }

    public static float Value(in KvLayout layout, byte* page, int head, int position, int d)
    {
        byte* row = layout.ValueRow(page, head, position);
        return layout.Type switch
        {
            KvCacheType.F32 => ((float*)row)[d],
            KvCacheType.Q8 => KvBlocks.Dequantise(((sbyte*)row)[d], *layout.ValueScale(page, head, position, d)),
            _ => Half(layout.Type, ((ushort*)row)[d]),
        };
    }

    private static void AppendFloats(in KvLayout layout, float* k, float* row, float* keys, float* values)
    {
        for (int d = 0; d < layout.KeySize; d++)
        {
            k[d * 16] = keys[d];
        }

        for (int d = 0; d < layout.ValueStride; d++)
        {
            row[d] = d < layout.ValueSize ? values[d] : 0;
        }
    }

    private static void AppendHalves(in KvLayout layout, ushort* k, ushort* row, float* keys, float* values)
    {
        bool brain = layout.Type == KvCacheType.BF16;
        for (int d = 0; d < layout.KeySize; d++)
        {
            k[((d >> 1) * 32) + (d & 1)] = brain ? HalfBits.BrainFromSingle(keys[d]) : HalfBits.FromSingle(keys[d]);
        }

        for (int d = 0; d < layout.ValueStride; d++)
        {
            row[d] = d >= layout.ValueSize ? (ushort)0 : brain ? HalfBits.BrainFromSingle(values[d]) : HalfBits.FromSingle(values[d]);
        }
    }

    private static void AppendKey(in KvLayout layout, byte* tile, int lane, float* keys)
    {
        for (int first = 0; first < layout.KeySize; first += KvLayout.BlockSize)
        {
            int count = Math.Min(KvLayout.BlockSize, layout.KeySize - first);
            ushort* scales = KvLayout.KeyScales(tile, first / KvLayout.BlockSize);
            sbyte* k = (sbyte*)(scales + 16) + lane;
            scales[lane] = KvBlocks.Scale(keys + first, count, out float inverse);
            for (int d = 0; d < count; d++)
            {
                k[d * 16] = KvBlocks.Quantise(keys[first + d], inverse);
            }
        }
    }

    private static void AppendValue(in KvLayout layout, sbyte* row, ushort* scales, float* values)
    {
        for (int first = 0; first < layout.ValueSize; first += KvLayout.BlockSize, scales += KvLayout.PagePositions)
        {
            int count = Math.Min(KvLayout.BlockSize, layout.ValueSize - first);
            *scales = KvBlocks.Scale(values + first, count, out float inverse);
            for (int d = first; d < first + count; d++)
            {
                row[d] = KvBlocks.Quantise(values[d], inverse);
            }
        }

        new Span<sbyte>(row + layout.ValueSize, layout.ValueStride - layout.ValueSize).Clear();
    }

    private static float Half(KvCacheType type, ushort bits) => type == KvCacheType.BF16 ? HalfBits.BrainToSingle(bits) : HalfBits.ToSingle(bits);
}

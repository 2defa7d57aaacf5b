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
            if (layout.Type != KvCacheType.F32)
            {
                bool brain = layout.Type == KvCacheType.BF16;
                ushort* k = (ushort*)tile + (lane * 2);
                for (int d = 0; d < layout.KeySize; d++)
                {
                    k[((d >> 1) * 32) + (d & 1)] = brain ? HalfBits.BrainFromSingle(keys[d]) : HalfBits.FromSingle(keys[d]);
                }

                for (int d = 0; d < layout.ValueStride; d++)
                {
                    ((ushort*)row)[d] = d >= layout.ValueSize ? (ushort)0 : brain ? HalfBits.BrainFromSingle(values[d]) : HalfBits.FromSingle(values[d]);
                }
            }
            else
            {
                float* k = (float*)tile + lane;
                for (int d = 0; d < layout.KeySize; d++)
                {
                    k[d * 16] = keys[d];
                }

                for (int d = 0; d < layout.ValueStride; d++)
                {
                    ((float*)row)[d] = d < layout.ValueSize ? values[d] : 0;
                }
            }
        }
    }

    public static float Key(in KvLayout layout, byte* page, int head, int position, int d)
    {
        byte* tile = layout.KeyTile(page, head, position);
        int lane = position % KvLayout.TilePositions;
        return layout.Type == KvCacheType.F32 ? ((float*)tile)[(d * 16) + lane] : Half(layout.Type, ((ushort*)tile)[((d >> 1) * 32) + (lane * 2) + (d & 1)]);
    }

    public static float Value(in KvLayout layout, byte* page, int head, int position, int d)
    {
        byte* row = layout.ValueRow(page, head, position);
        return layout.Type == KvCacheType.F32 ? ((float*)row)[d] : Half(layout.Type, ((ushort*)row)[d]);
    }

    private static float Half(KvCacheType type, ushort bits) => type == KvCacheType.BF16 ? HalfBits.BrainToSingle(bits) : HalfBits.ToSingle(bits);
}

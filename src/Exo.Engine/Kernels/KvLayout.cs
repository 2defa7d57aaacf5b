namespace Exo.Engine.Kernels;

/// <summary>
/// Bytes of one layer's page of 512 positions (a span of the canon). A page holds head after head; a head holds its keys, then its values.
/// Keys: tiles of 16 positions, in which dimension pair after dimension pair stores 16 positions side by side, so that a lane owns a position
/// (f16, bf16: 16 words, even dimension in the low half; f32: 16 even, then 16 odd). Values: a row per position, padded to 16 elements with zeros.
/// </summary>
internal readonly unsafe struct KvLayout
{
    public const int PagePositions = 512;
    public const int TilePositions = 16;

    /// <param name="kvHeads">Key-value heads of the layer.</param>
    /// <param name="keySize">Elements of a key, even.</param>
    /// <param name="valueSize">Elements of a value.</param>
    /// <param name="type">Storage.</param>
    public KvLayout(int kvHeads, int keySize, int valueSize, KvCacheType type)
    {
        if (kvHeads < 1 || keySize < 2 || valueSize < 1 || (keySize & 1) != 0)
        {
            throw new ArgumentException($"No cache for {kvHeads} heads with keys of {keySize} and values of {valueSize}: keys must have an even size.");
        }

        KvHeads = kvHeads;
        KeySize = keySize;
        ValueSize = valueSize;
        Type = type;
    }

    public int KvHeads { get; }

    public int KeySize { get; }

    public int ValueSize { get; }

    public KvCacheType Type { get; }

    public int ElementBytes => Type == KvCacheType.F32 ? 4 : 2;

    /// <summary>Elements from a position's values to the next one's.</summary>
    public int ValueStride => (ValueSize + 15) & ~15;

    public long HeadBytes => (long)PagePositions * (KeySize + ValueStride) * ElementBytes;

    public long PageBytes => KvHeads * HeadBytes;

    /// <summary>The tile of 16 positions that holds position <paramref name="position"/> (0..511) of the page.</summary>
    public byte* KeyTile(byte* page, int head, int position) =>
        page + head * HeadBytes + (long)(position / TilePositions) * TilePositions * KeySize * ElementBytes;

    public byte* ValueRow(byte* page, int head, int position) =>
        page + head * HeadBytes + ((long)PagePositions * KeySize + (long)position * ValueStride) * ElementBytes;
}

namespace Exo.Engine.Kernels;

/// <summary>
/// Bytes of one layer's page of 512 positions (a span of the canon). A page holds head after head; a head holds its keys, then its values.
/// Keys: tiles of 16 positions, so that a lane owns a position. f16, bf16: dimension pair after dimension pair, 16 words each, even dimension in
/// the low half. f32: dimension after dimension. q8: block of 32 dimensions after block, each 16 scales, then dimension after dimension.
/// Values: a row per position, padded to 16 elements with zeros; q8: behind all rows the scales, 512 positions of block after block.
/// </summary>
internal readonly unsafe struct KvLayout
{
    public const int PagePositions = 512;
    public const int TilePositions = 16;

    /// <summary>Elements that share a scale.</summary>
    public const int BlockSize = 32;

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

    /// <summary>Elements from a position's values to the next one's.</summary>
    public int ValueStride => (ValueSize + 15) & ~15;

    public int ValueRowBytes => ValueStride * ElementBytes;

    public long HeadBytes => (PagePositions / TilePositions * KeyTileBytes) + (PagePositions * ((long)ValueRowBytes + (ValueBlocks * sizeof(ushort))));

    public long PageBytes => KvHeads * HeadBytes;

    private int ElementBytes => Type switch { KvCacheType.F32 => 4, KvCacheType.Q8 => 1, _ => 2 };

    private int KeyBlocks => Type == KvCacheType.Q8 ? (KeySize + BlockSize - 1) / BlockSize : 0;

    private int ValueBlocks => Type == KvCacheType.Q8 ? (ValueSize + BlockSize - 1) / BlockSize : 0;

    private long KeyTileBytes => TilePositions * (((long)KeySize * ElementBytes) + (KeyBlocks * sizeof(ushort)));

    /// <summary>The tile of 16 positions that holds position <paramref name="position"/> (0..511) of the page.</summary>
    public byte* KeyTile(byte* page, int head, int position) => page + (head * HeadBytes) + (position / TilePositions * KeyTileBytes);

    public byte* ValueRow(byte* page, int head, int position) =>
        page + (head * HeadBytes) + (PagePositions / TilePositions * KeyTileBytes) + ((long)position * ValueRowBytes);

    /// <summary>q8: the scales of 16 positions for a block of 32 dimensions; the block's first dimension follows them.</summary>
    public static ushort* KeyScales(byte* tile, int block) => (ushort*)(tile + ((long)block * TilePositions * (BlockSize + sizeof(ushort))));

    /// <summary>q8: the scale of the block that holds element <paramref name="element"/> of a position's value; the next position's follows it.</summary>
    public ushort* ValueScale(byte* page, int head, int position, int element) =>
        (ushort*)ValueRow(page, head, PagePositions) + (element / BlockSize * PagePositions) + position;
}

using Exo.Engine.Memory;

namespace Exo.Engine.KvCaches;

/// <summary>A page of a group: 512 positions. Its own session writes it; once it is full and its tokens are known it never changes and sessions share it.</summary>
internal sealed class KvBlock(int group, long bytes)
{
    /// <summary>Index of the group.</summary>
    public int Group { get; } = group;

    public NativeBuffer Buffer { get; } = new(bytes);

    /// <summary>Sessions that hold it.</summary>
    public int References { get; set; }

    /// <summary>The tokens that it is known by; null: it is its session's alone.</summary>
    public KvPrefix? Prefix { get; set; }

    public unsafe void CopyFrom(KvBlock other) => System.Buffer.MemoryCopy(other.Buffer.Pointer, Buffer.Pointer, Buffer.Bytes, other.Buffer.Bytes);

    /// <summary>Neighbours among the blocks that no session holds, least recently used first.</summary>
    public KvBlock? Older { get; set; }

    /// <inheritdoc cref="Older"/>
    public KvBlock? Newer { get; set; }
}

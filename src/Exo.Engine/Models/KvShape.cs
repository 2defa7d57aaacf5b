using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>What a layer keeps of each token.</summary>
/// <param name="Heads">Key-value heads.</param>
/// <param name="KeySize">Elements of a key.</param>
/// <param name="ValueSize">Elements of a value.</param>
public sealed record KvShape(int Heads, int KeySize, int ValueSize)
{
    /// <summary>Memory of one token, in bytes.</summary>
    /// <param name="type">How keys and values are stored.</param>
    public long BytesPerToken(KvCacheType type) => PageBytes(type) / KvLayout.PagePositions;

    /// <summary>Memory of a session, in bytes: whole pages of 512 tokens.</summary>
    /// <param name="tokens">Tokens of the session.</param>
    /// <param name="type">How keys and values are stored.</param>
    public long SessionBytes(int tokens, KvCacheType type) => PageBytes(type) * ((tokens + KvLayout.PagePositions - 1) / KvLayout.PagePositions);

    private long PageBytes(KvCacheType type) => (new KvLayout(Heads, KeySize, ValueSize, type).PageBytes + 63) & ~63L;
}

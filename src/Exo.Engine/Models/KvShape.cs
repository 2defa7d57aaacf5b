using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;

namespace Exo.Engine.Models;

/// <summary>What a layer keeps of each token.</summary>
/// <param name="Heads">Key-value heads.</param>
/// <param name="KeySize">Elements of a key.</param>
/// <param name="ValueSize">Elements of a value.</param>
/// <param name="Window">Tokens that a token sees, itself included; 0 = all. What lies further back is given back.</param>
public sealed record KvShape(int Heads, int KeySize, int ValueSize, int Window)
{
    /// <summary>Memory of one token, in bytes.</summary>
    /// <param name="type">How keys and values are stored.</param>
    public long BytesPerToken(KvCacheType type) => PageBytes(type) / KvLayout.PagePositions;

    /// <summary>Memory that a session takes at most, in bytes: whole pages of 512 tokens, of a sliding layer those within reach of a batch of 512 tokens and of going back 512.</summary>
    /// <param name="tokens">Tokens of the session.</param>
    /// <param name="type">How keys and values are stored.</param>
    public long SessionBytes(int tokens, KvCacheType type) => PageBytes(type) * KvGroup.Pages(Window, tokens);

    private long PageBytes(KvCacheType type) => KvGroup.PageBytesOf(new KvLayout(Heads, KeySize, ValueSize, type));
}

using Akka.Configuration;
using Exo.Engine.Kernels;

namespace Exo.Actors.Shards;

/// <summary>The keys that shards read, and what the device was told.</summary>
/// <param name="ChunkTokens">Tokens of a batch at most.</param>
/// <param name="Threads">Compute threads; 0 = one per physical core.</param>
/// <param name="Cache">How keys and values are stored.</param>
/// <param name="ChunkFor">How long the stages together may spend on a batch.</param>
internal sealed record ShardSettings(int ChunkTokens, int Threads, KvCacheType Cache, TimeSpan ChunkFor)
{
    /// <summary>What a batch may carry over the wire; the bulk lane's frames end at 64 MiB, rows and headers included.</summary>
    private const long FrameBytes = 60L << 20;

    /// <summary>Tokens of a batch at most, for hidden states of a size.</summary>
    /// <param name="hiddenSize">Floats of a hidden state.</param>
    public int MostTokens(int hiddenSize) => (int)Math.Clamp(FrameBytes / (hiddenSize * (long)sizeof(float)), 1, ChunkTokens);

    public static ShardSettings Read(Config config, int threads)
    {
        int chunk = config.GetInt("exo.ring.chunk-tokens");
        string cache = config.GetString("exo.engine.kv-cache");
        return new ShardSettings(
            chunk is >= 1 and <= 4096 ? chunk : throw new ConfigurationException($"exo.ring.chunk-tokens is {chunk}; use 1 to 4096."),
            threads,
            cache switch
            {
                "f16" => KvCacheType.F16,
                "f32" => KvCacheType.F32,
                _ => throw new ConfigurationException($"exo.engine.kv-cache is {cache}; use f16 or f32."),
            },
            config.GetTimeSpan("exo.ring.chunk-for"));
    }
}

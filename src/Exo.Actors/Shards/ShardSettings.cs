using Akka.Configuration;

namespace Exo.Actors.Shards;

/// <summary>The keys that shards read, and what the device was told.</summary>
/// <param name="ChunkTokens">Tokens of a batch at most.</param>
/// <param name="Threads">Compute threads; 0 = one per physical core.</param>
/// <param name="SharePrefixes">Whether sessions take over what earlier ones computed of the same beginning.</param>
/// <param name="ChunkFor">How long the stages together may spend on a batch.</param>
internal sealed record ShardSettings(int ChunkTokens, int Threads, bool SharePrefixes, TimeSpan ChunkFor)
{
    /// <summary>What a batch may carry over the wire; the bulk lane's frames end at 64 MiB, rows and headers included.</summary>
    private const long FrameBytes = 60L << 20;

    /// <summary>Tokens of a batch at most, for hidden states of a size.</summary>
    /// <param name="hiddenSize">Floats of a hidden state.</param>
    public int MostTokens(int hiddenSize) => (int)Math.Clamp(FrameBytes / (hiddenSize * (long)sizeof(float)), 1, ChunkTokens);

    public static ShardSettings Read(Config config, int threads)
    {
        int chunk = config.GetInt("exo.ring.chunk-tokens");
        return new ShardSettings(
            chunk is >= 1 and <= 4096 ? chunk : throw new ConfigurationException($"exo.ring.chunk-tokens is {chunk}; use 1 to 4096."),
            threads,
            config.GetBoolean("exo.engine.share-prefixes"),
            config.GetTimeSpan("exo.ring.chunk-for"));
    }
}

namespace Exo.Actors.Shards;

/// <summary>
/// How many tokens the next batch may have, so that its trip takes about as long as asked for. A chunk that takes half a minute
/// on a slow device would leave every other session without a token meanwhile. Pure state; the size of chunks changes no bit.
/// </summary>
/// <param name="mostTokens">Never more.</param>
/// <param name="tripFor">What the stages together may spend on a batch.</param>
internal sealed class ChunkSizer(int mostTokens, TimeSpan tripFor)
{
    /// <summary>Below this the cost of a trip outweighs that of its tokens; such batches also tell nothing of the cost of a token.</summary>
    public const int Least = 32;

    /// <summary>Tokens of the next batch at most. It begins small: nothing is known yet.</summary>
    public int Tokens { get; private set; } = Math.Min(mostTokens, 4 * Least);

    /// <summary>A batch went round.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="computeMicroseconds">What the stages spent on it, queueing included.</param>
    public void Measured(int tokens, long computeMicroseconds)
    {
        if (tokens >= Math.Min(Least, mostTokens))
        {
            double fitting = tripFor.TotalMicroseconds * tokens / Math.Max(1, computeMicroseconds);

            // At most doubled at a time: attention makes later chunks dearer than the first.
            Tokens = (int)Math.Clamp(fitting, Math.Min(Least, mostTokens), Math.Min(mostTokens, Math.Max(Tokens, tokens) * 2L));
        }
    }
}

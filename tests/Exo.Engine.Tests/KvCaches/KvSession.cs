using Exo.Engine.KvCaches;
using Exo.Engine.Stages;

namespace Exo.Engine.Tests.KvCaches;

/// <summary>Runs tokens of one session through slices that follow each other.</summary>
internal static class KvSession
{
    /// <summary>Logits of all tokens from a position on, fed in chunks. [tokens, vocabulary]</summary>
    public static float[] Forward(IReadOnlyList<SliceRunner> runners, IReadOnlyList<KvCache> caches, int position, ReadOnlySpan<int> tokens, int chunk = int.MaxValue)
    {
        List<float> logits = [];
        StageBatch batch = new();
        while (!tokens.IsEmpty)
        {
            ReadOnlySpan<int> now = tokens[..Math.Min(chunk, tokens.Length)];
            float[] hidden = [];
            for (int i = 0; i < runners.Count; i++)
            {
                batch.Clear();
                int row = runners[i].HasEmbedding
                    ? batch.AddTokens(caches[i], position, now, LogitsWanted.All)
                    : batch.AddHidden(caches[i], position, now.Length, hidden, LogitsWanted.All, now);
                runners[i].Forward(batch);
                Assert.False(batch.ActivationFault(row));
                hidden = (runners[i].HasHead ? batch.Logits(row) : batch.Hidden(row)).ToArray();
            }

            logits.AddRange(hidden);
            position += now.Length;
            tokens = tokens[now.Length..];
        }

        return [.. logits];
    }

    public static int[] Tokens(int seed, int count, int vocabulary)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }
}

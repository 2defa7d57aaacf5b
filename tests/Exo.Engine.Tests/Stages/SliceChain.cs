using Exo.Engine.Files;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Sampling;
using Exo.Engine.Stages;

namespace Exo.Engine.Tests.Stages;

/// <summary>One session through a model that is cut into slices, in one process.</summary>
internal sealed class SliceChain : IDisposable
{
    private readonly List<SliceRunner> _runners = [];
    private readonly List<KvCache> _caches = [];
    private readonly StageBatch _batch = new();

    /// <param name="path">Model file.</param>
    /// <param name="options">How the slices compute.</param>
    /// <param name="cuts">Units at which a new slice begins; 0 excluded.</param>
    public SliceChain(string path, SliceOptions options, params int[] cuts)
    {
        using ModelFile file = ModelFile.Open(path);
        Spec = file.Spec;
        int[] bounds = [0, .. cuts, file.Spec.UnitCount];
        for (int i = 0; i + 1 < bounds.Length; i++)
        {
            SliceRunner runner = SliceRunner.Load(file, new UnitRange(bounds[i], bounds[i + 1]), options);
            _runners.Add(runner);
            _caches.Add(runner.CreateCache(256));
        }
    }

    public ModelSpec Spec { get; }

    public IReadOnlyList<SliceRunner> Runners => _runners;

    /// <summary>Logits of the tokens. [tokens, vocabulary] for All, [vocabulary] for Last.</summary>
    public float[] Forward(int position, ReadOnlySpan<int> tokens, LogitsWanted wanted)
    {
        float[] hidden = [];
        for (int i = 0; i < _runners.Count; i++)
        {
            _batch.Clear();
            int row = _runners[i].HasEmbedding
                ? _batch.AddTokens(_caches[i], position, tokens, wanted)
                : _batch.AddHidden(_caches[i], position, tokens.Length, hidden, wanted);
            _runners[i].Forward(_batch);
            Assert.False(_batch.ActivationFault(row));
            hidden = (_runners[i].HasHead ? _batch.Logits(row) : _batch.Hidden(row)).ToArray();
        }

        return hidden;
    }

    /// <summary>The prompt and so many greedy tokens after it.</summary>
    public int[] Greedy(ReadOnlySpan<int> prompt, int count)
    {
        List<int> tokens = [.. prompt];
        Sampler sampler = new();
        float[] logits = Forward(0, prompt, LogitsWanted.Last);
        for (int i = 0; i < count; i++)
        {
            tokens.Add(sampler.Sample(logits, SamplingParameters.Greedy, tokens.Count));
            logits = i + 1 < count ? Forward(tokens.Count - 1, tokens.ToArray().AsSpan(tokens.Count - 1), LogitsWanted.Last) : logits;
        }

        return [.. tokens];
    }

    public void Dispose()
    {
        _caches.ForEach(cache => cache.Dispose());
        _runners.ForEach(runner => runner.Dispose());
    }
}

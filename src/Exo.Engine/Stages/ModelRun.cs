using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>One session through a whole model in this process, cut into slices or not: what a ring computes, without a ring. One caller at a time.</summary>
public sealed class ModelRun : IDisposable
{
    private readonly List<SliceRunner> _runners = [];
    private readonly List<KvCache> _caches = [];
    private readonly StageBatch _batch = new();
    private readonly string _path;

    /// <summary>Loads all units of a model. The file may be disposed afterwards.</summary>
    /// <param name="file">The model.</param>
    /// <param name="options">How it computes.</param>
    /// <param name="maxTokens">Tokens that the session may grow to, at least 1.</param>
    /// <param name="layers">Layers before which the model is cut, rising, from 0 (behind the embedding) to the number of layers (before the head).</param>
    /// <exception cref="ModelFileException">A tensor cannot be used.</exception>
    /// <exception cref="ArgumentException">There is no such cut; the message tells the range.</exception>
    public ModelRun(ModelFile file, SliceOptions options, int maxTokens, params ReadOnlySpan<int> layers)
    {
        ArgumentNullException.ThrowIfNull(file);
        _path = file.Path;
        Spec = file.Spec;
        int first = 0;
        try
        {
            foreach (int layer in layers)
            {
                if (layer < 0 || layer > Spec.LayerCount || layer + 1 <= first)
                {
                    throw new ArgumentException($"The model cannot be cut before layer {layer}: give rising numbers from 0 to {Spec.LayerCount}.", nameof(layers));
                }

                Load(file, new UnitRange(first, layer + 1), options, maxTokens);
                first = layer + 1;
            }

            Load(file, new UnitRange(first, Spec.UnitCount), options, maxTokens);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the model is.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Tokens of the session so far.</summary>
    public int Length { get; private set; }

    /// <summary>Computes the next tokens of the session.</summary>
    /// <param name="tokens">Ids within the vocabulary; at least one.</param>
    /// <param name="wanted">Which get logits.</param>
    /// <returns>The logits, valid until the next call. [vocabularySize] for Last, [tokens, vocabularySize] for All, empty for None.</returns>
    /// <exception cref="ModelFileException">A number was not finite.</exception>
    /// <exception cref="ArgumentException">A token is outside of the vocabulary, or the session is full.</exception>
    public ReadOnlySpan<float> Forward(scoped ReadOnlySpan<int> tokens, LogitsWanted wanted)
    {
        float[] hidden = [];
        int row = 0;
        for (int i = 0; i < _runners.Count; i++)
        {
            _batch.Clear();
            row = i == 0 ? _batch.AddTokens(_caches[i], Length, tokens, wanted) : _batch.AddHidden(_caches[i], Length, tokens.Length, hidden, wanted);
            _runners[i].Forward(_batch);
            if (_batch.ActivationFault(row))
            {
                throw new ModelFileException($"{_path}: units {_runners[i].Units} computed a number that is not finite at positions {Length}..{Length + tokens.Length - 1}. The weights are damaged or exceed the range of binary32: download or convert the model again.");
            }

            hidden = i + 1 < _runners.Count ? _batch.Hidden(row).ToArray() : hidden;
        }

        Length += tokens.Length;
        return _batch.Logits(row);
    }

    /// <summary>Frees caches, weights and threads.</summary>
    public void Dispose()
    {
        _caches.ForEach(cache => cache.Dispose());
        _runners.ForEach(runner => runner.Dispose());
    }

    private void Load(ModelFile file, UnitRange units, SliceOptions options, int maxTokens)
    {
        SliceRunner runner = SliceRunner.Load(file, units, options);
        _runners.Add(runner);
        _caches.Add(runner.CreateCache(maxTokens));
    }
}

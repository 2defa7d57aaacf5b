using System.Collections.Immutable;

namespace Exo.Engine.Models;

/// <summary>What a model is: its architecture and shapes, read from a file's metadata and checked.</summary>
public sealed record ModelSpec
{
    /// <summary>Name that the file gives the model, or the file's own name.</summary>
    public required string Name { get; init; }

    /// <summary>Architecture, by its name in GGUF files: "llama".</summary>
    public required string Architecture { get; init; }

    /// <summary>Layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Floats of a hidden state.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>Tokens, rows of the embedding and of the output matrix.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Positions that the model was made for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Query heads of a layer.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key-value heads of a layer; divides <see cref="HeadCount"/>.</summary>
    public required int KvHeadCount { get; init; }

    /// <summary>Floats of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Floats between the up and the down projection.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Added to the mean square, or to the variance, in norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>How hidden states are normed.</summary>
    public NormKind Norm { get; init; }

    /// <summary>Added to the weights of norms: 1 where a file stores what they exceed 1 by.</summary>
    public float NormOffset { get; init; }

    /// <summary>Whether a learned vector for each position is added to the embedded tokens.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>Rows of a learned table of token types, of which every token gets the first; 0 = none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>How an encoder, in which every token sees the whole text, makes one vector of it; None: a decoder.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>The rotations of queries and keys that the layers choose from, by index. Empty: none.</summary>
    public ImmutableArray<RopeSpec> Ropes { get; init; } = [];

    /// <summary>Factor of the attention scores.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>How queries grow with their position; null: not.</summary>
    public AttentionTemperature? Temperature { get; init; }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TiedOutput { get; init; }

    /// <summary>Positions that a query sees on sliding layers, its own included; 0 = all.</summary>
    public int SlidingWindow { get; init; }

    /// <summary>Whether the window does not slide: positions fall into chunks of its size, and a query sees its own chunk up to itself.</summary>
    public bool ChunkedWindow { get; init; }

    /// <summary>For each layer whether it slides; empty = all do, if there is a window.</summary>
    public ImmutableArray<bool> SlidingLayers { get; init; } = [];

    /// <summary>For each layer whether it leaves queries and keys unturned; empty: all turn them.</summary>
    public ImmutableArray<bool> UnturnedLayers { get; init; } = [];

    /// <summary>Whether queries and keys are normed, where a family has models of both kinds.</summary>
    public bool QueryKeyNorms { get; init; }

    /// <summary>Whether attention and feed-forward stand side by side, where a family has models of both kinds.</summary>
    public bool ParallelResidual { get; init; }

    /// <summary>Whether attention has a norm of its own beside the feed-forward block's, where a family has models of both kinds.</summary>
    public bool OwnAttentionNorms { get; init; }

    /// <summary>Whether a file holds queries, keys and values of a layer as one matrix, where a family has files of both kinds.</summary>
    public bool OneMatrix { get; init; }

    /// <summary>Whether a plain feed-forward block's GELU is computed by its definition, not in its tanh form.</summary>
    public bool ExactGelu { get; init; }

    /// <summary>Factor of embedded tokens.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Factor of what a layer's two halves add to the hidden state.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Factor of the logits.</summary>
    public float LogitScale { get; init; } = 1;

    /// <summary>Attention scores become cap · tanh(score / cap); 0 = off.</summary>
    public float AttentionSoftcap { get; init; }

    /// <summary>Logits become cap · tanh(logit / cap); 0 = off.</summary>
    public float LogitSoftcap { get; init; }

    /// <summary>The mixture of experts; null: the model is dense.</summary>
    public ExpertSpec? Experts { get; init; }

    /// <summary>Attention over a latent vector instead of keys and values; null: keys and values.</summary>
    public LatentSpec? Latent { get; init; }

    /// <summary>Whether the file holds the ways into and out of the latent space as tensors of their own, the first one transposed.</summary>
    public bool SplitLatent { get; init; }

    /// <summary>Layers that carry a state instead of looking back at keys and values; null: there are none.</summary>
    public RecurrentSpec? Recurrent { get; init; }

    /// <summary>Heads that the cache stores.</summary>
    public int CacheHeads => Latent is null ? KvHeadCount : 1;

    /// <summary>Floats of a stored key.</summary>
    public int CacheKeySize => Latent is null ? HeadSize : Latent.Rank + Latent.TurnedSize;

    /// <summary>Floats of a stored value.</summary>
    public int CacheValueSize => Latent is null ? HeadSize : Latent.Rank;

    /// <summary>Floats of state that a session keeps on a layer instead of keys and values; 0: keys and values.</summary>
    /// <param name="layer">Layer, from 0.</param>
    public int StateFloatsOf(int layer) => Recurrent?.On(layer) == true ? Recurrent.SessionFloats : 0;

    /// <summary>Number of units: the embedding, the layers, the head.</summary>
    public int UnitCount => LayerCount + 2;

    /// <summary>Which of <see cref="Ropes"/> turns queries and keys of a layer: the second, where sliding layers have one of their own.</summary>
    /// <param name="layer">Layer, from 0.</param>
    public int RopeOf(int layer) => Ropes.Length > 1 && WindowOf(layer) > 0 ? 1 : 0;

    /// <summary>Positions that a query sees on a layer, its own included; 0 = all.</summary>
    /// <param name="layer">Layer, from 0.</param>
    public int WindowOf(int layer) => SlidingLayers.IsEmpty || SlidingLayers[layer] ? SlidingWindow : 0;
}

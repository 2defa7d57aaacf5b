namespace Exo.Engine.Models;

/// <summary>The mixture of experts of a model's layers.</summary>
public sealed record ExpertSpec
{
    /// <summary>Experts of a layer.</summary>
    public required int Count { get; init; }

    /// <summary>Experts that a token visits.</summary>
    public required int Used { get; init; }

    /// <summary>Floats between an expert's up and down projection.</summary>
    public required int Size { get; init; }

    /// <summary>The same of the expert that every token visits; 0 = there is none.</summary>
    public int SharedSize { get; init; }

    /// <summary>Whether the shared expert's output is weighted by a logistic gate.</summary>
    public bool SharedGate { get; init; }

    /// <summary>How logits become weights.</summary>
    public ExpertScoring Scoring { get; init; }

    /// <summary>How far below the highest logit others count as near it, as a share of the larger one's size; of SparseMixer alone.</summary>
    public float Nearness { get; init; }

    /// <summary>Whether the chosen weights are made to sum to 1.</summary>
    public bool Renormalise { get; init; }

    /// <summary>Factor of the weights.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Groups of neighbouring experts, of which only the best are looked at; 1 = no groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Groups that are looked at.</summary>
    public int GroupsUsed { get; init; } = 1;

    /// <summary>Whether a group counts by the sum of its two best scores (DeepSeek-V3, arXiv 2412.19437), not by its best (DeepSeek-V2, arXiv 2405.04434).</summary>
    public bool GroupsByTwo { get; init; }

    /// <summary>Whether a weight multiplies the expert's input instead of its output.</summary>
    public bool WeightsInput { get; init; }

    /// <summary>What an expert computes.</summary>
    public ExpertActivation Activation { get; init; }

    /// <summary>Layers before the first one with experts.</summary>
    public int LeadingDense { get; init; }

    /// <summary>From there on, every so many-th layer has experts, the last of each such run.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>Whether a file holds the experts of a layer as one tensor.</summary>
    public bool Stacked { get; init; }

    /// <summary>Whether an expert's gate and up projection are one matrix, their rows alternating, the gate's first.</summary>
    public bool Alternating { get; init; }

    /// <summary>Whether a layer has experts.</summary>
    /// <param name="layer">Layer, from 0.</param>
    public bool On(int layer) => layer >= LeadingDense && (layer + 1) % Interval == 0;
}

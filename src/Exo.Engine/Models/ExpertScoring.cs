namespace Exo.Engine.Models;

/// <summary>How a router's logits become the experts' weights.</summary>
public enum ExpertScoring
{
    /// <summary>Softmax over all experts.</summary>
    Softmax,

    /// <summary>The logistic function of each by itself.</summary>
    Sigmoid,

    /// <summary>The highest logits are chosen, then softmax over those.</summary>
    SoftmaxOfChosen,

    /// <summary>Two experts, one after the other; each is weighted by softmax over the logits near its own, those of experts chosen before left out (SparseMixer, arXiv 2409.12136).</summary>
    SparseMixer,
}

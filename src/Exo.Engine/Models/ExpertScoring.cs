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
}

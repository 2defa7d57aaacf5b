namespace Exo.Engine.Models;

/// <summary>How an encoder makes one vector of a text's last hidden states (Sentence-BERT, arXiv 1908.10084).</summary>
public enum Pooling
{
    /// <summary>Not: the model is a decoder and gives logits.</summary>
    None,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>The last token's.</summary>
    Last,
}

namespace Exo.Engine.Kernels;

/// <summary>What all rows of an attention call have in common.</summary>
internal unsafe struct AttentionShape
{
    public KvLayout Layout;

    /// <summary>Query heads, a multiple of the layout's heads.</summary>
    public int Heads;

    /// <summary>Factor of the scores, usually 1/sqrt(head size).</summary>
    public float Scale;

    /// <summary>Positions that a query sees, its own included; 0 = all.</summary>
    public int Window;

    /// <summary>Whether positions fall into chunks of the window's size, of which a query sees its own up to itself, instead of a window that slides.</summary>
    public bool Chunked;

    /// <summary>Whether a query sees its whole row, later positions too, as in an encoder; not together with a window.</summary>
    public bool SeesAhead;

    /// <summary>Scores become cap · tanh(score / cap); 0 = off.</summary>
    public float Softcap;

    /// <summary>Per query head a score without value that takes part in the softmax; null = none. [Heads]</summary>
    public float* Sinks;

    /// <summary>Floats from a token's queries to the next token's; 0 = Heads · KeySize.</summary>
    public int QueryStride;

    /// <summary>Floats from a token's output to the next token's; 0 = Heads · ValueSize.</summary>
    public int OutputStride;
}

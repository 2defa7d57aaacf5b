namespace Exo.Engine.Grammars;

/// <summary>Where rules that are being read go on when the innermost ends. Equal stacks of one generation are one object.</summary>
internal sealed class GrammarStack(int node, GrammarStack? parent, int generation, long id)
{
    /// <summary>The node behind the rule.</summary>
    public int Node { get; } = node;

    public GrammarStack? Parent { get; } = parent;

    public int Generation { get; } = generation;

    public long Id { get; } = id;

    public int Depth { get; } = (parent?.Depth ?? 0) + 1;
}

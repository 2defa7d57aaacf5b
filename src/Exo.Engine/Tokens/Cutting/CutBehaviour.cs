namespace Exo.Engine.Tokens.Cutting;

/// <summary>What becomes of the matches of a pattern.</summary>
internal enum CutBehaviour
{
    Isolated,
    Removed,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

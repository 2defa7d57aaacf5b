namespace Exo.Engine.KvCaches;

/// <summary>What the caches of a slice take, and how much of it sessions share.</summary>
/// <param name="BudgetBytes">What they may take; 0 = no bound.</param>
/// <param name="ReservedBytes">What the open sessions may come to take.</param>
/// <param name="UsedBytes">What is allocated: blocks of sessions, blocks kept for later ones, recurrent state.</param>
/// <param name="KeptBytes">What no session holds of it.</param>
/// <param name="SharedBlocks">Blocks that sessions took over from others since the slice was loaded, copies included.</param>
/// <param name="SharedTokens">Tokens that sessions did not have to compute for it.</param>
/// <param name="EvictedBlocks">Blocks that were given up to make room.</param>
public readonly record struct KvUse(long BudgetBytes, long ReservedBytes, long UsedBytes, long KeptBytes, long SharedBlocks, long SharedTokens, long EvictedBlocks);

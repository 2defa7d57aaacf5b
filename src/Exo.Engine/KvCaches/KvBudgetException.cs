namespace Exo.Engine.KvCaches;

/// <summary>A session's keys and values do not fit into what the caches of its slice may take.</summary>
/// <param name="message">Budget, need and remedy.</param>
public sealed class KvBudgetException(string message) : InvalidOperationException(message);

namespace Exo.Engine.Stages;

/// <summary>Which tokens of a row get logits.</summary>
public enum LogitsWanted
{
    /// <summary>None: the row only fills the cache.</summary>
    None,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>All.</summary>
    All,
}

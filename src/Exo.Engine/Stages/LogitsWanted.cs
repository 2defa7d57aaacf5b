namespace Exo.Engine.Stages;

/// <summary>Which tokens of a row get logits. Of an encoder, which makes one vector of a row: None, or Last for the vector.</summary>
public enum LogitsWanted
{
    /// <summary>None: the row only fills the cache.</summary>
    None,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>All.</summary>
    All,
}

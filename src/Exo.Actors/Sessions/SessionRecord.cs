namespace Exo.Actors.Sessions;

/// <summary>
/// What of a session outlives its owner: the owner's actor system may end and another go on. Used by one owner at a time, as one
/// ends before the next starts.
/// </summary>
internal sealed class SessionRecord
{
    /// <summary>What was emitted; null before the first ring.</summary>
    public SessionProgress? Progress { get; set; }

    /// <summary>When the first owner took the session, on the process's clock.</summary>
    public TimeSpan? Asked { get; set; }

    /// <summary>How often a ring was given the session.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether the caller was told that the generation began.</summary>
    public bool SaidStarted { get; set; }

    /// <summary>Whether the caller was told of a pause and not yet of its end.</summary>
    public bool Paused { get; set; }
}

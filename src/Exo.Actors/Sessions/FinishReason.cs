namespace Exo.Actors.Sessions;

/// <summary>Why a session ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token.</summary>
    Stop,

    /// <summary>The number of tokens asked for, or the end of the context.</summary>
    Length,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

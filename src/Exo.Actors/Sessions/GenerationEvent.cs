namespace Exo.Actors.Sessions;

/// <summary>What a caller hears of its session, in order.</summary>
public abstract record GenerationEvent
{
    private GenerationEvent()
    {
    }

    /// <summary>It waits for a ring, or for a place on one.</summary>
    public sealed record Queued : GenerationEvent;

    /// <summary>A ring took it.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="PromptTokens">Tokens of the prompt.</param>
    /// <param name="Epoch">The ring's version.</param>
    public sealed record Started(string Model, int PromptTokens, string Epoch) : GenerationEvent;

    /// <summary>The next token.</summary>
    /// <param name="Id">The token.</param>
    /// <param name="Index">From 0.</param>
    public sealed record Token(int Id, int Index) : GenerationEvent;

    /// <summary>The ring broke; the session waits for the next one and goes on there with the token that would have come.</summary>
    /// <param name="Reason">What happened, in words for whoever waits.</param>
    public sealed record Paused(string Reason) : GenerationEvent;

    /// <summary>It goes on.</summary>
    /// <param name="Epoch">The new ring's version.</param>
    /// <param name="Pause">Time between the last token and the next one.</param>
    public sealed record Resumed(string Epoch, TimeSpan Pause) : GenerationEvent;

    /// <summary>It is over.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Timings">Where the time went.</param>
    public sealed record Finished(FinishReason Reason, GenerationTimings Timings) : GenerationEvent;

    /// <summary>It cannot go on.</summary>
    /// <param name="Kind">What kind of failure.</param>
    /// <param name="Message">What, how much, and the remedy.</param>
    public sealed record Failed(FailureKind Kind, string Message) : GenerationEvent;
}

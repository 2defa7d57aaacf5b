using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>What happens to an answer, in text; a closed family.</summary>
internal abstract record TextEvent
{
    private TextEvent()
    {
    }

    /// <summary>New text, possibly empty while a stop string or a code point is incomplete, and the tokens behind it.</summary>
    internal sealed record Delta(string Text, int[] Tokens) : TextEvent;

    /// <summary>Something to tell people while they wait: queued, a device is being replaced, going on.</summary>
    internal sealed record Notice(string Text) : TextEvent;

    /// <summary>The end; nothing follows.</summary>
    internal sealed record Ended(bool ByLength, string? StopString, int PromptTokens, int CompletionTokens, GenerationTimings Timings) : TextEvent;

    /// <summary>The answer cannot go on; nothing follows.</summary>
    internal sealed record Failed(FailureKind Kind, string Message) : TextEvent;
}

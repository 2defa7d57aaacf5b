using System.Collections.Immutable;

namespace Exo.Engine.Outputs;

/// <summary>What a format's markers are.</summary>
internal sealed record MarkerSet
{
    /// <summary>Opens and closes a block of reasoning.</summary>
    public (string Open, string Close) Reasoning { get; init; } = ("<think>", "</think>");

    /// <summary>Whether a call within reasoning counts and ends it; where not, its marker is text there.</summary>
    public bool CallsEndReasoning { get; init; }

    /// <summary>Whether reasoning opens anywhere; where not, only at the beginning and behind a call.</summary>
    public bool ReasoningAnywhere { get; init; }

    /// <summary>Stands around text and is removed.</summary>
    public ImmutableArray<string> Removed { get; init; } = [];

    /// <summary>Begins a call, with what follows it.</summary>
    public ImmutableArray<(string Marker, CallPattern Then)> Calls { get; init; } = [];

    /// <summary>What an output begins with, without a marker of its own; null where the format has nothing there.</summary>
    public CallPattern? Start { get; init; }

    /// <summary>A call that begins with a bare brace, if nothing but white space stands before it; null where the format has none.</summary>
    public CallPattern? Bare { get; init; }
}

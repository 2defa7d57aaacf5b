namespace Exo.Engine.Outputs;

/// <summary>A piece of a model's output. Pieces come in the order in which the model wrote them and are never taken back.</summary>
public abstract record OutputPart
{
    private OutputPart()
    {
    }

    /// <summary>Text for the user.</summary>
    /// <param name="Text">Not empty.</param>
    public sealed record Content(string Text) : OutputPart;

    /// <summary>The model thinks aloud. Pieces join without anything between them.</summary>
    /// <param name="Text">Empty where a block of reasoning opens; an empty block gives nothing else.</param>
    public sealed record Reasoning(string Text) : OutputPart;

    /// <summary>The model calls a tool.</summary>
    /// <param name="Name">Name of the tool.</param>
    /// <param name="Arguments">A JSON object.</param>
    public sealed record Call(string Name, string Arguments) : OutputPart;
}

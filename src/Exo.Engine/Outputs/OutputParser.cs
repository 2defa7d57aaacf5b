using System.Text.Json;

namespace Exo.Engine.Outputs;

/// <summary>
/// Takes one output of a model apart while it comes: text, reasoning, tool calls. However the output is cut into pieces, the parts add up
/// to the same; a call is given when it is complete. What turns out to be no call is given back as text, its marker included. Memory grows with
/// what is held back, time with the output. One caller at a time.
/// </summary>
public abstract class OutputParser
{
    private protected OutputParser()
    {
    }

    /// <summary>A parser for one output.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="tools">The tools that it was offered, as a JSON array in the form of the OpenAI API; null when they are not known, so that any name counts.</param>
    /// <param name="reasoningOpen">Whether the prompt already ended with the marker that opens a block of reasoning.</param>
    public static OutputParser Create(OutputFormat format, JsonElement? tools, bool reasoningOpen = false)
    {
        ArgumentNullException.ThrowIfNull(format);
        OfferedTools offered = new(tools);
        return format.Markers is { } markers ? new MarkerParser(markers, offered, reasoningOpen) : new HarmonyParser(offered, reasoningOpen);
    }

    /// <summary>Takes apart a whole output.</summary>
    /// <param name="format">How the model writes.</param>
    /// <param name="text">All of it.</param>
    /// <param name="tools">The tools that it was offered; null when they are not known.</param>
    /// <param name="reasoningOpen">Whether the prompt already opened a block of reasoning.</param>
    public static ParsedOutput Parse(OutputFormat format, string text, JsonElement? tools, bool reasoningOpen = false)
    {
        OutputParser parser = Create(format, tools, reasoningOpen);
        List<OutputPart> parts = [];
        parser.Push(text, parts);
        parser.Finish(parts);
        return ParsedOutput.Of(parts);
    }

    /// <summary>Takes the next piece of the output.</summary>
    /// <param name="text">Any length.</param>
    /// <param name="parts">Gets what is now certain.</param>
    public abstract void Push(ReadOnlySpan<char> text, List<OutputPart> parts);

    /// <summary>The output is over; may be called once.</summary>
    /// <param name="parts">Gets what was held back.</param>
    public abstract void Finish(List<OutputPart> parts);
}

using System.Collections.Immutable;
using System.Text;

namespace Exo.Engine.Outputs;

/// <summary>A whole output, taken apart.</summary>
/// <param name="Content">Text for the user.</param>
/// <param name="Reasoning">What the model thought aloud; null when there was no block of it.</param>
/// <param name="Calls">Tool calls in their order.</param>
public sealed record ParsedOutput(string Content, string? Reasoning, ImmutableArray<OutputPart.Call> Calls)
{
    /// <summary>Puts the pieces of one output together.</summary>
    /// <param name="parts">All that a parser gave.</param>
    public static ParsedOutput Of(IEnumerable<OutputPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        StringBuilder content = new();
        StringBuilder? reasoning = null;
        ImmutableArray<OutputPart.Call>.Builder calls = ImmutableArray.CreateBuilder<OutputPart.Call>();
        foreach (OutputPart part in parts)
        {
            switch (part)
            {
                case OutputPart.Content text:
                    content.Append(text.Text);
                    break;
                case OutputPart.Reasoning thought:
                    reasoning = (reasoning ?? new StringBuilder()).Append(thought.Text);
                    break;
                case OutputPart.Call call:
                    calls.Add(call);
                    break;
            }
        }

        return new ParsedOutput(content.ToString(), reasoning?.ToString(), calls.ToImmutable());
    }
}

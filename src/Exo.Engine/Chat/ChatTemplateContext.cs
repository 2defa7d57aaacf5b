using System.Text.Json;

namespace Exo.Engine.Chat;

/// <summary>What a template turns into a prompt.</summary>
public sealed record ChatTemplateContext
{
    /// <summary>The conversation, oldest first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Tools that the model may call: a JSON array in the form of the OpenAI API; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Whether the prompt ends with the beginning of the assistant's answer.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Text of the token that begins a sequence, for templates that write it themselves.</summary>
    public string BosToken { get; init; } = "";

    /// <summary>Text of the token that ends a sequence.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>More variables, such as enable_thinking; they replace those above.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extra { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The time that strftime_now writes.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.Now;
}

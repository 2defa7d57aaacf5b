using System.Text.Json;

namespace Exo.Engine.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: system, user, assistant, tool, or what the model's template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>
    /// The message whole, as a JSON object: tool calls, reasoning, content in parts. Where it is given a template sees exactly this, and
    /// <see cref="Role"/> and <see cref="Content"/> are for other readers only. Its document must live as long as the message.
    /// </summary>
    public JsonElement? Json { get; init; }

    /// <summary>A message from its JSON form.</summary>
    /// <param name="json">An object, with "role" and usually "content".</param>
    /// <exception cref="ArgumentException">It is no object.</exception>
    public static ChatMessage FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"A message is a JSON object, not {json.ValueKind}.", nameof(json));
        }

        return new ChatMessage(TextOf(json, "role"), TextOf(json, "content")) { Json = json };
    }

    private static string TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

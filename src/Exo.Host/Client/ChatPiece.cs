using System.Text.Json;
using Exo.Host.Terminal;

namespace Exo.Host.Client;

/// <summary>One event of a streamed answer.</summary>
/// <param name="Text">New text, may be empty.</param>
/// <param name="Notice">A comment of the device: waiting, recovering, resumed; or null.</param>
/// <param name="Timings">With the last piece.</param>
internal sealed record ChatPiece(string Text, string? Notice, ChatTimings? Timings)
{
    /// <exception cref="CommandFailureException">The event is an error.</exception>
    public static ChatPiece Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        if (root.TryGetProperty("error", out JsonElement error))
        {
            throw new CommandFailureException(error.GetProperty("message").GetString() ?? "The device reports an error.");
        }

        string text = "";
        foreach (JsonElement choice in root.GetProperty("choices").EnumerateArray())
        {
            text += choice.TryGetProperty("delta", out JsonElement delta) && delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : "";
        }

        return new ChatPiece(text, null, root.TryGetProperty("exo", out JsonElement timings) ? ChatTimings.Read(timings) : null);
    }
}

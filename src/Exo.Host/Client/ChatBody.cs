using System.Text.Json;

namespace Exo.Host.Client;

/// <summary>A conversation and how to answer it, as the gateway's chat request.</summary>
internal sealed record ChatBody
{
    public required string Model { get; init; }

    public required IReadOnlyList<(string Role, string Content)> Messages { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? TopK { get; init; }

    public double? MinP { get; init; }

    public long? Seed { get; init; }

    public int? MaxTokens { get; init; }

    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            json.WriteBoolean("stream", true);
            json.WriteStartArray("messages");
            foreach ((string role, string content) in Messages)
            {
                json.WriteStartObject();
                json.WriteString("role", role);
                json.WriteString("content", content);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Number(json, "temperature", Temperature);
            Number(json, "top_p", TopP);
            Number(json, "top_k", TopK);
            Number(json, "min_p", MinP);
            Number(json, "max_tokens", MaxTokens);
            if (Seed is { } seed)
            {
                json.WriteNumber("seed", seed);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}

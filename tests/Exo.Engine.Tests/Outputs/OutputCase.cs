using System.Text;
using System.Text.Json;
using Exo.Engine.Outputs;

namespace Exo.Engine.Tests.Outputs;

/// <summary>One output of a model with what it means.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Format">Name of the format.</param>
/// <param name="Text">The output.</param>
/// <param name="ReasoningOpen">Whether the prompt opened the reasoning.</param>
/// <param name="Expected">Content, reasoning, calls; arguments in canonical form.</param>
internal sealed record OutputCase(string Name, string Format, string Text, bool ReasoningOpen, string Expected)
{
    public static IReadOnlyList<OutputCase> Read(string path) =>
    [
        .. JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray().Select(c => new OutputCase(
            c.GetProperty("name").GetString()!,
            c.GetProperty("format").GetString()!,
            c.GetProperty("text").GetString()!,
            c.TryGetProperty("reasoning_open", out JsonElement open) && open.GetBoolean(),
            Show(c.GetProperty("expected")))),
    ];

    /// <summary>The result when the output comes in these pieces.</summary>
    public string Parse(JsonElement? tools, IEnumerable<string> pieces)
    {
        OutputParser parser = OutputParser.Create(OutputFormat.Find(Format)!, tools, ReasoningOpen);
        List<OutputPart> parts = [];
        foreach (string piece in pieces)
        {
            parser.Push(piece, parts);
        }

        parser.Finish(parts);
        return Show(ParsedOutput.Of(parts));
    }

    public static string Show(ParsedOutput output)
    {
        StringBuilder text = new($"content {JsonSerializer.Serialize(output.Content)} reasoning {JsonSerializer.Serialize(output.Reasoning)}");
        foreach (OutputPart.Call call in output.Calls)
        {
            text.Append($" {call.Name}({Canonical(JsonDocument.Parse(call.Arguments).RootElement)})");
        }

        return text.ToString();
    }

    private static string Show(JsonElement expected)
    {
        JsonElement reasoning = expected.GetProperty("reasoning");
        StringBuilder text = new($"content {JsonSerializer.Serialize(expected.GetProperty("content").GetString())} reasoning {JsonSerializer.Serialize(reasoning.GetString())}");
        foreach (JsonElement call in expected.GetProperty("tool_calls").EnumerateArray())
        {
            text.Append($" {call.GetProperty("name").GetString()}({Canonical(call.GetProperty("arguments"))})");
        }

        return text.ToString();
    }

    /// <summary>Equal for equal values: sorted keys, numbers by value.</summary>
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => JsonSerializer.Serialize(p.Name) + ":" + Canonical(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Number => value.TryGetDecimal(out decimal number) ? (number / 1.000000000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture) : value.GetRawText(),
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };
}

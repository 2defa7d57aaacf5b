using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exo.Engine.Outputs;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo parse-output`: what a model's output means: text, reasoning, tool calls.</summary>
internal static class ParseOutputCommand
{
    public static Command Create()
    {
        Option<OutputFormat> format = new("--format")
        {
            Description = $"The family's way of writing: {string.Join(", ", OutputFormat.All.Select(known => known.Name))}.",
            HelpName = "FAMILY",
            Required = true,
            CustomParser = result =>
            {
                if (OutputFormat.Find(result.Tokens[0].Value) is { } found)
                {
                    return found;
                }

                result.AddError($"--format is '{result.Tokens[0].Value}'; give one of {string.Join(", ", OutputFormat.All.Select(known => known.Name))}.");
                return null;
            },
        };
        Option<string> file = new("--file") { Description = "The output, UTF-8.", HelpName = "FILE", Required = true };
        Option<int> chunk = new("--chunk") { Description = "Feed it in pieces of so many characters; 0 feeds it whole. Changes nothing.", HelpName = "N" };
        Option<string?> tools = new("--tools") { Description = "JSON file with the tools that the model was offered, in the form of the OpenAI API; without it any name is a tool's.", HelpName = "FILE" };
        Option<bool> open = new("--reasoning-open") { Description = "The prompt already ended with the marker that opens the reasoning." };
        chunk.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value < 0)
            {
                result.AddError($"--chunk is {value}; give 0 or more.");
            }
        });
        Command command = new("parse-output", "Take a model's output apart: content, reasoning, tool calls.") { format, file, chunk, tools, open };
        command.SetAction(parse =>
        {
            string text = EngineArguments.ReadText(parse.GetValue(file)!);
            JsonElement? offered = parse.GetValue(tools) is { } path ? Tools(path) : null;
            OutputParser parser = OutputParser.Create(parse.GetValue(format)!, offered, parse.GetValue(open));
            List<OutputPart> parts = [];
            foreach (string piece in Pieces(text, parse.GetValue(chunk)))
            {
                parser.Push(piece, parts);
            }

            parser.Finish(parts);
            Screen.Standard.Line(EngineArguments.Json(Json(ParsedOutput.Of(parts))));
            return ExitCode.Ok;
        });
        return command.WithExamples("exo parse-output --format hermes --file answer.txt", "exo parse-output --format qwen3-coder --file answer.txt --tools tools.json --chunk 1");
    }

    private static JsonObject Json(ParsedOutput output) => new()
    {
        ["content"] = output.Content,
        ["reasoning"] = output.Reasoning,
        ["tool_calls"] = new JsonArray([.. output.Calls.Select(call => new JsonObject { ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments, documentOptions: new JsonDocumentOptions { MaxDepth = 256 }) })]),
    };

    private static JsonElement Tools(string path)
    {
        JsonElement json = EngineArguments.ReadJson(path);
        JsonElement list = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("tools", out JsonElement inner) ? inner : json;
        return list.ValueKind == JsonValueKind.Array
            ? list
            : throw new CommandFailureException($"{path} holds no list of tools: write [{{\"type\": \"function\", \"function\": {{\"name\": …, \"parameters\": …}}}}].");
    }

    /// <summary>Pieces of whole code points, as a model's tokens give them.</summary>
    private static IEnumerable<string> Pieces(string text, int size)
    {
        if (size == 0)
        {
            return [text];
        }

        return text.EnumerateRunes().Chunk(size).Select(runes => runes.Aggregate(new StringBuilder(), (piece, rune) => piece.Append(rune.ToString())).ToString());
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Exo.Engine.Tokens;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo tokenize`: text to token ids.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A GGUF file (weights are not needed), a folder with tokenizer.json or tokenizer.model, that file itself, or a model's name." };
        Option<string?> text = new("--text") { Description = "The text.", HelpName = "TEXT" };
        Option<string?> file = new("--file") { Description = "A file that holds the text, UTF-8.", HelpName = "FILE" };
        Option<string?> lines = new("--lines") { Description = "A file with one JSON string per line; each gives a line.", HelpName = "FILE" };
        Option<bool> special = new("--special") { Description = "The text of a control token becomes that token." };
        Option<bool> json = new("--json") { Description = "Print {\"ids\":[…]}." };
        Command command = new("tokenize", "Show the token ids of a text, without those that begin or end a sequence.") { model, text, file, lines, special, json };
        command.Validators.Add(result =>
        {
            if (new Option[] { text, file, lines }.Count(option => result.GetResult(option) is not null) != 1)
            {
                result.AddError("Give one of --text, --file and --lines.");
            }
        });
        command.SetAction(parse =>
        {
            Tokenizer tokenizer = EngineArguments.OpenTokenizer(parse.GetValue(model)!);
            IEnumerable<string> texts = parse.GetValue(lines) is { } path ? EngineArguments.ReadLines(path) : [parse.GetValue(text) ?? EngineArguments.ReadText(parse.GetValue(file)!)];
            foreach (string one in texts)
            {
                int[] ids = tokenizer.Encode(one, parse.GetValue(special));
                Screen.Standard.Line(parse.GetValue(json) ? EngineArguments.Json(new JsonObject { ["ids"] = EngineArguments.Array(ids) }) : string.Join(' ', ids));
            }

            return ExitCode.Ok;
        });
        return command.WithExamples(
            "exo tokenize exo-demo --text \"What is a ring?\"",
            "exo tokenize ./folder --lines texts.jsonl --special --json");
    }
}

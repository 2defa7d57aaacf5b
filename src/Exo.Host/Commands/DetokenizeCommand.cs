using System.CommandLine;
using System.Text.Json.Nodes;
using Exo.Engine.Tokens;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo detokenize`: token ids to text.</summary>
internal static class DetokenizeCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "As for `exo tokenize`." };
        Option<int[]> ids = EngineArguments.Numbers("--ids", "Token ids.", required: true);
        Option<bool> skip = new("--skip-special") { Description = "Leave control tokens out." };
        Option<bool> json = new("--json") { Description = "Print {\"text\":\"…\"}." };
        Command command = new("detokenize", "Show the text of token ids.") { model, ids, skip, json };
        command.SetAction(parse =>
        {
            Tokenizer tokenizer = EngineArguments.OpenTokenizer(parse.GetValue(model)!);
            int[] asked = parse.GetValue(ids)!;
            EngineArguments.RequireTokens(asked, tokenizer.VocabularySize);
            string text = tokenizer.Decode(asked, showSpecial: !parse.GetValue(skip));
            Screen.Standard.Whole(parse.GetValue(json) ? EngineArguments.Json(new JsonObject { ["text"] = text }) + Environment.NewLine : text);
            return ExitCode.Ok;
        });
        return command.WithExamples("exo detokenize model.gguf --ids 1,15043", "exo detokenize ./folder --ids 1,15043 --skip-special");
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo render-template`: the prompt that a chat template makes of a conversation.</summary>
internal static class RenderTemplateCommand
{
    public static Command Create()
    {
        Argument<string> template = new("template") { Description = "A Jinja file, or a model (GGUF file, folder, name) that has a template." };
        Option<string> context = new("--context") { Description = "A JSON object of the template's variables: messages, tools, bos_token, add_generation_prompt and others.", HelpName = "FILE", Required = true };
        Option<DateTimeOffset?> now = new("--now")
        {
            Description = "The time that strftime_now writes; without it, the present.",
            HelpName = "2025-07-10T12:00:00",
            CustomParser = result =>
            {
                if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                {
                    return time;
                }

                result.AddError($"'{result.Tokens[0].Value}' is no time: give one as 2025-07-10T12:00:00.");
                return null;
            },
        };
        Command command = new("render-template", "Show the prompt that a chat template makes of a conversation.") { template, context, now };
        command.SetAction(parse =>
        {
            Screen.Standard.Whole(Render(parse.GetValue(template)!, parse.GetValue(context)!, parse.GetValue(now)));
            return ExitCode.Ok;
        });
        return command.WithExamples(
            "exo render-template chat.jinja --context conversation.json",
            "exo render-template model.gguf --context conversation.json --now 2025-07-10T12:00:00");
    }

    private static string Render(string path, string contextPath, DateTimeOffset? now)
    {
        JsonElement context = EngineArguments.ReadJson(contextPath);
        if (context.ValueKind != JsonValueKind.Object)
        {
            throw new CommandFailureException($"{contextPath} holds no JSON object: write one as {{\"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}], \"add_generation_prompt\": true}}.");
        }

        try
        {
            // Everything is the caller's own, so that nothing stands between the file and the template.
            return Read(path).Render(context, now ?? TimeProvider.System.GetLocalNow());
        }
        catch (ChatTemplateException e)
        {
            throw new CommandFailureException($"{path}: {e.Message}", e);
        }
    }

    private static ChatTemplate Read(string path)
    {
        string found = EngineArguments.PathOf(path);
        if (!Directory.Exists(found) && !found.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return ChatTemplate.Parse(EngineArguments.ReadText(found));
        }

        using ModelFile file = ModelFile.Open(found);
        return ChatTemplate.From(file) ?? throw new CommandFailureException($"{found} has no chat template: give the Jinja file of one.");
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using Exo.Actors.Configuration;
using Exo.Actors.Models;
using Exo.Host.Client;
using Exo.Host.Composition;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo run`: one answer or a conversation, through a running device or in this process.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A model's name, a GGUF file or a safetensors folder." };
        Argument<string?> prompt = new("prompt") { Description = "What to ask; without it, a conversation.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> node = Nodes.CreateOption();
        Option<double?> temperature = new("--temperature") { Description = "0 always takes the likeliest token; up to 2.", HelpName = "N" };
        Option<double?> topP = new("--top-p") { Description = "Only the likeliest tokens that make up this share; above 0, up to 1.", HelpName = "N" };
        Option<int?> topK = new("--top-k") { Description = "Only so many of the likeliest tokens; 0 is off.", HelpName = "N" };
        Option<double?> minP = new("--min-p") { Description = "Only tokens this likely, as a share of the likeliest; 0 to 1.", HelpName = "N" };
        Option<long?> seed = new("--seed") { Description = "The same seed gives the same answer.", HelpName = "N" };
        Option<int?> maxTokens = new("--max-tokens") { Description = "At most so many tokens.", HelpName = "N" };
        Option<string?> system = new("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
        Option<int?> threads = new("--threads") { Description = "Compute threads when no device runs; 0 takes one per physical core.", HelpName = "N" };
        Command command = new("run", "Ask a model.") { model, prompt, node, temperature, topP, topK, minP, seed, maxTokens, system, threads };
        command.SetAction(async (parse, ct) =>
        {
            string? first = parse.GetValue(prompt) ?? (Console.IsInputRedirected ? await Console.In.ReadToEndAsync(ct) : null);
            if (first is not null && string.IsNullOrWhiteSpace(first))
            {
                throw new CommandFailureException("There is nothing to ask: give a prompt, as in `exo run exo-demo \"What is Exo?\"`.", ExitCode.Usage);
            }

            string asked = parse.GetValue(model)!;
            ChatBody body = new()
            {
                Model = asked,
                Messages = parse.GetValue(system) is { } told ? [("system", told)] : [],
                Temperature = parse.GetValue(temperature),
                TopP = parse.GetValue(topP),
                TopK = parse.GetValue(topK),
                MinP = parse.GetValue(minP),
                Seed = parse.GetValue(seed),
                MaxTokens = parse.GetValue(maxTokens),
            };
            string? address = parse.GetValue(node);
            using NodeClient? client = address is null && IsPath(asked) ? null : await Nodes.TryOpenAsync(address, ct);
            if (client is not null)
            {
                return await RunAsync(client.ChatAsync, body, first, Screen.Standard, ct);
            }

            ConfigurationLayers layers = DeviceConfiguration.Read(HomeFolder.Resolve(), null, new Dictionary<string, string>());
            int count = parse.GetValue(threads) ?? int.Parse(layers["exo.device.threads"].Text, CultureInfo.InvariantCulture);
            await using LocalDevice device = await LocalDevice.StartAsync(layers, HomeFolder.Resolve(), asked, count, ct);
            return await RunAsync(device.ChatAsync, body, first, Screen.Standard, ct);
        });
        return command.WithExamples(
            "exo run exo-demo \"What is Exo?\"",
            "exo run exo-demo \"What is a ring?\" --temperature 0 --max-tokens 40",
            "exo run ./model.gguf                  (a conversation, in this process)",
            "echo \"What is a hop?\" | exo run exo-demo");
    }

    private static async Task<int> RunAsync(Func<byte[], CancellationToken, IAsyncEnumerable<ChatPiece>> ask, ChatBody body, string? prompt, Screen screen, CancellationToken ct)
    {
        List<(string Role, string Content)> messages = [.. body.Messages];
        if (prompt is not null)
        {
            messages.Add(("user", prompt));
            await AnswerAsync(ask, body with { Messages = messages }, screen, ct);
            return ExitCode.Ok;
        }

        screen.Line(screen.Faint("Ask away; an empty line or Ctrl+D ends the conversation."));
        while (true)
        {
            screen.Write("> ");
            if (await Keyboard.Lines.NextAsync(ct) is not { Length: > 0 } line)
            {
                return ExitCode.Ok;
            }

            messages.Add(("user", line));
            messages.Add(("assistant", await AnswerAsync(ask, body with { Messages = messages }, screen, ct)));
        }
    }

    private static async Task<string> AnswerAsync(Func<byte[], CancellationToken, IAsyncEnumerable<ChatPiece>> ask, ChatBody body, Screen screen, CancellationToken ct)
    {
        StringBuilder text = new();
        ChatTimings? timings = null;
        await foreach (ChatPiece piece in ask(body.ToJson(), ct))
        {
            text.Append(piece.Text);
            screen.Write(piece.Text);
            timings = piece.Timings ?? timings;
            if (piece.Notice is { } notice && screen.IsTerminal && notice != "waiting")
            {
                screen.Write(screen.Faint($"[{notice}]"));
            }
        }

        screen.Line();
        if (screen.IsTerminal && timings is not null)
        {
            screen.Line(screen.Faint(string.Create(CultureInfo.InvariantCulture, $"[{timings.Line()}]")));
        }

        return text.ToString();
    }

    /// <summary>A running device answers for names only; a path is this user's own file.</summary>
    private static bool IsPath(string model) => !ModelStore.IsForeign(model) && LooksLikePath(model);

    private static bool LooksLikePath(string model) =>
        model.Contains('/', StringComparison.Ordinal) || model.Contains('\\', StringComparison.Ordinal) || model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || Directory.Exists(model);
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Sampling;
using Exo.Engine.Stages;
using Exo.Engine.Tokens;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo generate`: token ids on from token ids, in this process: what a ring must give as well.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        Argument<string> model = EngineArguments.Model();
        Option<int[]> tokens = EngineArguments.Numbers("--tokens", "The prompt, as token ids; nothing is put before it.", required: true);
        Option<int> count = new("--count") { Description = "How many tokens to generate.", DefaultValueFactory = _ => 32, HelpName = "N" };
        Option<float> temperature = new("--temperature") { Description = "0 always takes the likeliest token." };
        Option<int> topK = new("--top-k") { Description = "Only so many of the likeliest tokens; 0 is off." };
        Option<float> topP = new("--top-p") { Description = "Only the likeliest tokens that make up this share.", DefaultValueFactory = _ => 1 };
        Option<float> minP = new("--min-p") { Description = "Only tokens this likely, as a share of the likeliest." };
        Option<ulong> seed = new("--seed") { Description = "The same seed gives the same tokens." };
        Option<bool> stop = new("--stop") { Description = "End at the model's end tokens; without it the count is exact." };
        Option<int[]> cut = EngineArguments.Numbers("--cut", "Cut the model into slices before these layers; changes no token.", required: false);
        Option<KernelTier> kernels = EngineArguments.Kernels();
        Option<KvCacheType?> cache = EngineArguments.Cache("f16, as devices have it");
        Option<int> threads = EngineArguments.Threads();
        Option<bool> json = new("--json") { Description = "Print {\"ids\":[…],\"text\":\"…\"}: the new tokens alone." };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value is < 1 or > 1_000_000)
            {
                result.AddError($"--count is {value}; give 1 to 1000000.");
            }
        });
        Command command = new("generate", "Generate token ids from token ids.") { model, tokens, count, temperature, topK, topP, minP, seed, stop, cut, kernels, cache, threads, json };
        command.SetAction((parse, ct) =>
        {
            SamplingParameters sampling = new()
            {
                Temperature = parse.GetValue(temperature),
                TopK = parse.GetValue(topK),
                TopP = parse.GetValue(topP),
                MinP = parse.GetValue(minP),
                Seed = parse.GetValue(seed),
            };
            if (sampling.Validate() is { } wrong)
            {
                throw new CommandFailureException(wrong, ExitCode.Usage);
            }

            string path = EngineArguments.PathOf(parse.GetValue(model)!);
            SliceOptions options = new() { Kernels = parse.GetValue(kernels), Cache = parse.GetValue(cache) ?? KvCacheType.F16, Threads = parse.GetValue(threads) };
            int[] prompt = parse.GetValue(tokens)!;
            int wanted = parse.GetValue(count);
            Tokenizer? tokenizer = Reader(path);
            using ModelRun run = LogitsCommand.Load(path, prompt, checked(prompt.Length + wanted), parse.GetValue(cut) ?? [], options);
            List<int> ids = Generate(run, prompt, wanted, sampling, parse.GetValue(stop) ? tokenizer?.EndOfGenerationIds : null, ct);
            string text = tokenizer?.Decode(ids.ToArray()) ?? "";
            Screen.Standard.Line(parse.GetValue(json) ? EngineArguments.Json(new JsonObject { ["ids"] = EngineArguments.Array(ids), ["text"] = text }) : $"{string.Join(' ', ids)}{(text.Length > 0 ? Environment.NewLine + text : "")}");
            return Task.FromResult(ExitCode.Ok);
        });
        return command.WithExamples(
            "exo generate model.gguf --tokens 1,15043 --count 32 --json",
            "exo generate exo-demo --tokens 1,15043 --temperature 0.8 --seed 7");
    }

    private static List<int> Generate(ModelRun run, int[] prompt, int count, SamplingParameters sampling, IReadOnlySet<int>? ends, CancellationToken ct)
    {
        List<int> ids = [];
        Sampler sampler = new();
        ReadOnlySpan<float> logits = run.Forward(prompt, LogitsWanted.Last);
        while (true)
        {
            ids.Add(sampler.Sample(logits, sampling, prompt.Length + ids.Count - 1));
            if (ids.Count == count || ends?.Contains(ids[^1]) == true)
            {
                return ids;
            }

            ct.ThrowIfCancellationRequested();
            logits = run.Forward([ids[^1]], LogitsWanted.Last);
        }
    }

    /// <summary>Null for a model without a tokenizer; its ids are as good.</summary>
    private static Tokenizer? Reader(string path)
    {
        try
        {
            return EngineArguments.OpenTokenizer(path);
        }
        catch (ModelFileException e)
        {
            Console.Error.WriteLine($"The ids have no text: {e.Message}");
            return null;
        }
    }
}

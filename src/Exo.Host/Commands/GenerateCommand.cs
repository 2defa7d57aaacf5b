using System.CommandLine;
using System.Text.Json.Nodes;
using Exo.Engine.Formats;
using Exo.Engine.Grammars;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
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
        SamplingOptions sampling = new();
        ConstraintOptions constraint = new();
        Option<int?> logprobs = new("--logprobs") { Description = "Tell how likely the model held each token to be, and so many of the likeliest.", HelpName = "N" };
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
        logprobs.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value is < 0 or > 100)
            {
                result.AddError($"--logprobs is {value}; give 0 to 100.");
            }
        });
        Command command = new("generate", "Generate token ids from token ids.") { model, tokens, count, stop, logprobs, cut, kernels, cache, threads, json };
        sampling.AddTo(command);
        constraint.AddTo(command, required: false);
        command.SetAction((parse, ct) =>
        {
            string path = EngineArguments.PathOf(parse.GetValue(model)!);
            SliceOptions options = new() { Kernels = parse.GetValue(kernels), Cache = parse.GetValue(cache) ?? KvCacheType.F16, Threads = parse.GetValue(threads) };
            int[] prompt = parse.GetValue(tokens)!;
            Grammar? grammar = constraint.Read(parse);
            Tokenizer? tokenizer = grammar is null ? Reader(path) : EngineArguments.OpenTokenizer(path);
            using ModelRun run = LogitsCommand.Load(path, prompt, checked(prompt.Length + parse.GetValue(count)), parse.GetValue(cut) ?? [], options);
            if (run.Spec.Pooling != Pooling.None)
            {
                throw new CommandFailureException($"{path} makes vectors of texts and generates none: `exo logits` shows them, or take a model that generates.");
            }

            GenerateRun generation = new(run, sampling.Read(parse, run.Spec.VocabularySize))
            {
                Ends = parse.GetValue(stop) || grammar is not null ? tokenizer?.EndOfGenerationIds : null,
                Constraint = grammar is null ? null : new TokenConstraint(grammar, tokenizer!),
                Logprobs = parse.GetValue(logprobs),
            };
            generation.Run(prompt, parse.GetValue(count), ct);
            Show(generation, tokenizer, parse.GetValue(json));
            return Task.FromResult(ExitCode.Ok);
        });
        return command.WithExamples(
            "exo generate model.gguf --tokens 1,15043 --count 32 --json",
            "exo generate exo-demo --tokens 1,15043 --temperature 0.8 --seed 7",
            "exo generate exo-demo --tokens 1,15043 --schema person.json --count 200");
    }

    private static void Show(GenerateRun generation, Tokenizer? tokenizer, bool json)
    {
        string text = tokenizer?.Decode([.. generation.Ids]) ?? "";
        if (!json)
        {
            Screen.Standard.Line(string.Join(' ', generation.Ids));
            Screen.Standard.Line(text);
            return;
        }

        JsonObject answer = new() { ["ids"] = EngineArguments.Array(generation.Ids), ["text"] = text };
        if (generation.Logprobs is not null)
        {
            answer["logprobs"] = new JsonArray([.. generation.Told.Select(told => new JsonObject
            {
                ["id"] = told.Chosen.Id,
                ["logprob"] = told.Chosen.Logprob,
                ["top"] = new JsonArray([.. told.Top.Select(token => new JsonObject { ["id"] = token.Id, ["logprob"] = token.Logprob })]),
            })]);
        }

        Screen.Standard.Line(EngineArguments.Json(answer));
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

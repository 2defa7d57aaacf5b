using System.CommandLine;
using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo logits`: the numbers behind every position, for comparing with another program's.</summary>
internal static class LogitsCommand
{
    /// <summary>Few enough that the logits of a large vocabulary stay small; the bits do not depend on it.</summary>
    private const int ChunkTokens = 32;

    public static Command Create()
    {
        Argument<string> model = EngineArguments.Model();
        Option<int[]> tokens = EngineArguments.Numbers("--tokens", "Token ids, from position 0.", required: true);
        Option<string> output = new("--out") { Description = "File that gets float32 little-endian [tokens, vocabulary]; of an embedding model the vector of the text.", HelpName = "FILE", Required = true };
        Option<int[]> cut = EngineArguments.Numbers("--cut", "Cut the model into slices before these layers, as 2,5; changes no bit.", required: false);
        Option<KernelTier> kernels = EngineArguments.Kernels();
        Option<KvCacheType?> cache = EngineArguments.Cache("f32, as references have it");
        Option<int> threads = EngineArguments.Threads();
        Command command = new("logits", "Compute the logits of every position.") { model, tokens, output, cut, kernels, cache, threads };
        command.SetAction((parse, ct) =>
        {
            SliceOptions options = new() { Kernels = parse.GetValue(kernels), Cache = parse.GetValue(cache) ?? KvCacheType.F32, Threads = parse.GetValue(threads) };
            Write(EngineArguments.PathOf(parse.GetValue(model)!), parse.GetValue(tokens)!, parse.GetValue(cut) ?? [], options, parse.GetValue(output)!, ct);
            return Task.FromResult(ExitCode.Ok);
        });
        return command.WithExamples(
            "exo logits model.gguf --tokens 1,15043,29991 --out logits.f32",
            "exo logits ./folder --tokens 1,15043 --out logits.f32 --cut 2,5 --kernels judge");
    }

    private static void Write(string path, int[] tokens, int[] cut, SliceOptions options, string output, CancellationToken ct)
    {
        using ModelRun run = Load(path, tokens, tokens.Length, cut, options);
        EngineArguments.WriteFile(output, stream =>
        {
            if (run.Spec.Pooling != Pooling.None)
            {
                // An encoder's tokens see the whole text, which therefore comes at once.
                TensorDump.WriteFloats(run.Forward(tokens, LogitsWanted.Last), stream);
                return;
            }

            for (int done = 0; done < tokens.Length; done += ChunkTokens)
            {
                ct.ThrowIfCancellationRequested();
                TensorDump.WriteFloats(run.Forward(tokens.AsSpan(done, Math.Min(ChunkTokens, tokens.Length - done)), LogitsWanted.All), stream);
            }
        });
    }

    /// <summary>The model, loaded, its tokens and cuts checked first.</summary>
    public static ModelRun Load(string path, int[] tokens, int maxTokens, int[] cut, SliceOptions options)
    {
        using ModelFile file = ModelFile.Open(path);
        EngineArguments.RequireTokens(tokens, file.Spec.VocabularySize);
        try
        {
            return new ModelRun(file, options, maxTokens, cut);
        }
        catch (ArgumentException e)
        {
            throw new CommandFailureException(e.Message.Split(" (Parameter")[0], ExitCode.Usage);
        }
    }
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo dequantize`: stored weights as plain numbers.</summary>
internal static class DequantizeCommand
{
    public static Command Create()
    {
        Argument<string?> model = new("file") { Description = "A GGUF file, a folder with safetensors files, or a model's name.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> tensor = new("--tensor") { Description = "Name of a tensor of the file.", HelpName = "NAME" };
        Option<string?> type = new("--type") { Description = "How the blocks of --blocks are stored, as Q4_K.", HelpName = "TYPE" };
        Option<string?> blocks = new("--blocks") { Description = "A file of blocks alone, one after the other.", HelpName = "FILE" };
        Option<string> output = new("--out") { Description = "File that gets float32 little-endian.", HelpName = "FILE", Required = true };
        Command command = new("dequantize", "Decode stored weights to float32.") { model, tensor, type, blocks, output };
        command.Validators.Add(result =>
        {
            bool ofModel = result.GetResult(model) is { Tokens.Count: > 0 } && result.GetResult(tensor) is not null;
            bool ofBlocks = result.GetResult(type) is not null && result.GetResult(blocks) is not null;
            if (ofModel == ofBlocks)
            {
                result.AddError("Give a file and --tensor, or --type and --blocks.");
            }
        });
        command.SetAction((parse, ct) =>
        {
            string path = parse.GetValue(output)!;
            if (parse.GetValue(blocks) is { } raw)
            {
                TensorType stored = Type(parse.GetValue(type)!);
                byte[] bytes = ReadBytes(raw);
                long count = 0;
                EngineArguments.WriteFile(path, stream => count = TensorDump.Write(stored, bytes, stream, ct));
                Screen.Standard.Line(string.Create(CultureInfo.InvariantCulture, $"{count} numbers of {stored} in {path}"));
                return Task.FromResult(ExitCode.Ok);
            }

            string file = EngineArguments.PathOf(parse.GetValue(model)!);
            ImmutableArray<long> shape = [];
            EngineArguments.WriteFile(path, stream => shape = TensorDump.Write(file, parse.GetValue(tensor)!, stream, ct));
            Screen.Standard.Line($"{parse.GetValue(tensor)} [{string.Join(", ", shape)}] in {path}");
            return Task.FromResult(ExitCode.Ok);
        });
        return command.WithExamples(
            "exo dequantize model.gguf --tensor blk.0.attn_q.weight --out q.f32",
            "exo dequantize --type Q4_K --blocks blocks.bin --out blocks.f32");
    }

    private static TensorType Type(string name) =>
        TensorDump.Types.Cast<TensorType?>().FirstOrDefault(type => string.Equals(type.ToString(), name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandFailureException($"'{name}' is no type that can be decoded: give one of {string.Join(", ", TensorDump.Types)}.", ExitCode.Usage);

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{path} cannot be read ({e.Message}): give --blocks a file that can, below 2 GiB.", e);
        }
    }
}

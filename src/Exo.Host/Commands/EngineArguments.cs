using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exo.Actors.Models;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Kernels;
using Exo.Engine.Tokens;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>What the commands that look into a model have in common: models, token lists, files and JSON.</summary>
internal static class EngineArguments
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_indented = new(s_json) { WriteIndented = true };

    public static Argument<string> Model() => new("model") { Description = "A GGUF file, a folder with config.json and safetensors files, or a model's name." };

    public static Option<int[]> Numbers(string name, string description, bool required) => new(name)
    {
        Description = description,
        HelpName = "N,N…",
        Required = required,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => ParseNumbers(name, result),
    };

    public static Option<KernelTier> Kernels() => new("--kernels")
    {
        Description = "fast is what a device computes with; judge decodes weights to f32 and keeps activations in f32, for comparing with references; ggml rounds and adds in llama.cpp's order, for telling a bug from a rounding.",
        HelpName = "fast|judge|ggml",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "fast":
                    return KernelTier.Auto;
                case "judge":
                    return KernelTier.Judge;
                case "ggml":
                    return KernelTier.Ggml;
                default:
                    result.AddError($"--kernels is '{result.Tokens[0].Value}'; give fast, judge or ggml.");
                    return default;
            }
        },
    };

    public static Option<KvCacheType?> Cache(string standard) => new("--kv-cache", "--cache")
    {
        Description = $"Storage of keys and values; {standard} unless told otherwise.",
        HelpName = "f16|bf16|q8|f32",
        CustomParser = result =>
        {
            string name = result.Tokens[0].Value;
            KvCacheType[] found = [.. Enum.GetValues<KvCacheType>().Where(type => string.Equals(type.ToString(), name, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0)
            {
                result.AddError($"--kv-cache is '{name}'; give f16, bf16, q8 or f32.");
                return null;
            }

            return found[0];
        },
    };

    public static Option<int> Threads()
    {
        Option<int> threads = new("--threads") { Description = "Compute threads; 0 takes one for each processor.", HelpName = "N" };
        threads.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value is < 0 or > 1024)
            {
                result.AddError($"--threads is {value}; give 0 to 1024.");
            }
        });
        return threads;
    }

    /// <exception cref="ModelFileException">It cannot be used.</exception>
    public static ModelFile Open(string nameOrPath) => ModelFile.Open(PathOf(nameOrPath));

    /// <summary>The tokenizer of a model, of a GGUF file without weights, of a folder, or a tokenizer.json.</summary>
    /// <exception cref="ModelFileException">There is none, or it cannot be used.</exception>
    public static Tokenizer OpenTokenizer(string nameOrPath)
    {
        string path = PathOf(nameOrPath);
        if (Directory.Exists(path))
        {
            return Tokenizer.FromFolder(path);
        }

        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".model", StringComparison.OrdinalIgnoreCase))
        {
            return Tokenizer.FromFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        using GgufFile file = GgufFile.Open(path);
        return Tokenizer.From(file.Metadata);
    }

    /// <summary>The path itself where it leads somewhere, otherwise that of the model with this name.</summary>
    /// <exception cref="ModelFileException">There is neither.</exception>
    public static string PathOf(string nameOrPath)
    {
        if (Path.Exists(nameOrPath))
        {
            return nameOrPath;
        }

        using ModelStore store = new(HomeFolder.Resolve());
        return store.Open(nameOrPath).Path;
    }

    /// <exception cref="CommandFailureException">The token is not the model's.</exception>
    public static void RequireTokens(ReadOnlySpan<int> tokens, int vocabularySize)
    {
        foreach (int token in tokens)
        {
            if (token >= vocabularySize)
            {
                throw new CommandFailureException($"Token {token} is outside of the model's vocabulary of {vocabularySize}: give ids from 0 to {vocabularySize - 1}.");
            }
        }
    }

    /// <summary>A text file, UTF-8.</summary>
    /// <exception cref="CommandFailureException">It cannot be read, or is no UTF-8.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{path} cannot be read ({e.Message}): give a file that can.", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandFailureException($"{path} is no UTF-8 text: byte {e.Index} is wrong. Convert the file.", e);
        }
    }

    /// <summary>The strings of a file with one JSON string per line.</summary>
    /// <exception cref="CommandFailureException">It cannot be read, or a line is something else.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        string[] lines = WithoutMark(ReadText(path)).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (i + 1 == lines.Length && lines[i].Length == 0)
            {
                yield break;
            }

            yield return ParseLine(path, i + 1, lines[i]);
        }
    }

    /// <exception cref="CommandFailureException">It cannot be read, or is no JSON.</exception>
    public static JsonElement ReadJson(string path)
    {
        string text = WithoutMark(ReadText(path));
        try
        {
            using JsonDocument document = StrictJson.Parse(Encoding.UTF8.GetBytes(text));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new CommandFailureException($"{path} is no JSON ({e.Message}): mend it there.", e);
        }
    }

    /// <summary>Writes a file by way of a new one beside it, so that a failure leaves none half written. Devices and pipes are written to as they are, and links lead to what they name.</summary>
    /// <exception cref="CommandFailureException">It cannot be written.</exception>
    public static void WriteFile(string path, Action<Stream> write)
    {
        if (path.Length == 0)
        {
            throw new CommandFailureException("--out is empty: give the name of a file.", ExitCode.Usage);
        }

        try
        {
            string full = Path.GetFullPath(path);
            string target = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
            if (IsNoFile(full) || IsNoFile(target))
            {
                using FileStream device = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1 << 20);
                write(device);
            }
            else
            {
                Replace(target, write);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{path} cannot be written ({e.Message}): give --out a file in a folder that exists, on a disk with room.", e);
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        string part = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (FileStream stream = new(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Whether the path names a device or a pipe, which a new file must not take the place of.</summary>
    private static bool IsNoFile(string path)
    {
        if ((path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)) || path.StartsWith(@"\\.\", StringComparison.Ordinal))
        {
            return true;
        }

        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream there = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        return !there.CanSeek;
    }

    public static string Json(JsonNode node, bool indented = false) => node.ToJsonString(indented ? s_indented : s_json);

    public static JsonArray Array(IEnumerable<int> numbers) => [.. numbers.Select(number => (JsonNode?)JsonValue.Create(number))];

    /// <summary>Some editors begin a file with a byte order mark, which is no JSON.</summary>
    private static string WithoutMark(string text) => text.StartsWith('\uFEFF') ? text[1..] : text;

    private static string ParseLine(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.String)
            {
                return document.RootElement.GetString()!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CommandFailureException($"{path}, line {number} is no JSON string ({e.Message}): write one string in quotation marks per line.", e);
        }

        throw new CommandFailureException($"{path}, line {number} is no JSON string: write one string in quotation marks per line.");
    }

    private static int[] ParseNumbers(string name, ArgumentResult result)
    {
        List<int> numbers = [];
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                result.AddError($"'{part}' in {name} is no number from 0 up: give whole numbers with commas between them, as 1,15043.");
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}

using System.Text.Json;
using Exo.Engine.Gguf;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

/// <summary>Tokenizers that need no reference data: the demo model's, and small ones made from parts.</summary>
internal static class SmallTokenizer
{
    private static readonly Lazy<Tokenizer> s_demo = new(ReadDemo);

    /// <summary>The tokenizer of the demo model in the repository.</summary>
    public static Tokenizer Demo => s_demo.Value;

    /// <summary>A tokenizer.json with this vocabulary (ids in order), and any other parts.</summary>
    public static Tokenizer FromJson(
        string[] tokens, string[] merges, object? normalizer = null, object? preTokenizer = null, object[]? added = null, bool bytes = false, string? unknown = null, bool fuses = false, object? decoder = null) =>
        FromJson(new { type = "BPE", unk_token = unknown, fuse_unk = fuses, byte_fallback = bytes, vocab = Numbered(tokens), merges }, normalizer, preTokenizer, added, decoder);

    /// <summary>A tokenizer.json with this model, and any other parts.</summary>
    public static Tokenizer FromJson(object model, object? normalizer = null, object? preTokenizer = null, object[]? added = null, object? decoder = null)
    {
        string folder = Directory.CreateTempSubdirectory("exo-tokenizer-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(new { added_tokens = added ?? [], normalizer, pre_tokenizer = preTokenizer, decoder, model }));
            return Tokenizer.FromFolder(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A vocabulary whose ids are the places of its tokens.</summary>
    public static Dictionary<string, int> Numbered(params string[] tokens) => tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);

    private static Tokenizer ReadDemo()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "models", "exo-demo.gguf");
            if (File.Exists(path))
            {
                using GgufFile file = GgufFile.Open(path);
                return Tokenizer.From(file.Metadata);
            }
        }

        throw new FileNotFoundException($"models/exo-demo.gguf is not in a folder above {AppContext.BaseDirectory}.");
    }
}

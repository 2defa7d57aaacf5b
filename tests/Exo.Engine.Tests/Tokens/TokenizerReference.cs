using System.IO.Compression;
using System.Text.Json;
using Exo.Engine.Gguf;
using Exo.Engine.Tokens;
using Exo.Testing;

namespace Exo.Engine.Tests.Tokens;

/// <summary>A tokenizer of the reference data with its cases.</summary>
internal sealed class TokenizerReference
{
    private TokenizerReference(Tokenizer tokenizer, JsonElement cases)
    {
        Tokenizer = tokenizer;
        Root = cases;
        Texts = JsonDocument.Parse(File.ReadAllText(ReferenceData.Require("tokenizers", "strings.json"))).RootElement.EnumerateArray()
            .ToDictionary(s => s.GetProperty("name").GetString()!, s => s.GetProperty("text").GetString()!);
    }

    public Tokenizer Tokenizer { get; }

    public JsonElement Root { get; }

    public Dictionary<string, string> Texts { get; }

    public IEnumerable<JsonElement> Cases => Root.GetProperty("cases").EnumerateArray();

    public static TokenizerReference Gguf(string name)
    {
        string packed = ReferenceData.Require("tokenizers", name, "vocab.gguf.gz");
        string plain = Path.Combine(Path.GetTempPath(), $"exo-vocab-{name}-{Guid.NewGuid():n}.gguf");
        try
        {
            using (GZipStream from = new(File.OpenRead(packed), CompressionMode.Decompress))
            using (FileStream to = File.Create(plain))
            {
                from.CopyTo(to);
            }

            using GgufFile file = GgufFile.Open(plain);
            return new TokenizerReference(Tokenizer.From(file.Metadata), ReadCases(name));
        }
        finally
        {
            File.Delete(plain);
        }
    }

    public static TokenizerReference Folder(string name)
    {
        string packed = ReferenceData.Require("tokenizers", name, "tokenizer.json.gz");
        string folder = Directory.CreateTempSubdirectory("exo-tokenizer-").FullName;
        try
        {
            using (GZipStream from = new(File.OpenRead(packed), CompressionMode.Decompress))
            using (FileStream to = File.Create(Path.Combine(folder, "tokenizer.json")))
            {
                from.CopyTo(to);
            }

            return new TokenizerReference(Tokenizer.FromFolder(folder), ReadCases(name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The vocabulary of a GGUF file written as the tokenizer.model that it was converted from.</summary>
    public static TokenizerReference SentencePiece(string name)
    {
        string folder = Directory.CreateTempSubdirectory("exo-tokenizer-").FullName;
        try
        {
            string plain = Path.Combine(folder, "vocab.gguf");
            using (GZipStream from = new(File.OpenRead(ReferenceData.Require("tokenizers", name, "vocab.gguf.gz")), CompressionMode.Decompress))
            using (FileStream to = File.Create(plain))
            {
                from.CopyTo(to);
            }

            using GgufFile file = GgufFile.Open(plain);
            File.WriteAllBytes(Path.Combine(folder, "tokenizer.model"), SentencePieceWriter.Write(file.Metadata));
            return new TokenizerReference(Tokenizer.FromFolder(folder), ReadCases(name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    private static JsonElement ReadCases(string name) =>
        JsonDocument.Parse(File.ReadAllText(ReferenceData.Require("tokenizers", name, "cases.json"))).RootElement;
}

using System.Text.Json;
using Exo.Engine.Formats;
using Exo.Engine.Tokens;
using Exo.Testing;

namespace Exo.Engine.Tests.Tokens;

public sealed class DamagedTokenizerTests
{
    [SkippableFact]
    public void Damaged_tokenizer_files_are_refused_or_warned_of_by_field()
    {
        string folder = ReferenceData.Require("malformed");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        List<string> wrong = [];
        foreach (JsonElement c in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            string path = c.GetProperty("path").GetString()!;
            if (path.StartsWith("tok_", StringComparison.Ordinal) && !path.Contains("_config_", StringComparison.Ordinal))
            {
                (string verdict, string message) = Open(Path.Combine(folder, path));
                string also = c.TryGetProperty("also_allowed", out JsonElement allowed) ? allowed.GetString()! : "";
                bool named = verdict == "accept" || c.GetProperty("names_any").EnumerateArray().Any(name => message.Contains(name.GetString()!, StringComparison.Ordinal));
                if ((verdict != c.GetProperty("verdict").GetString() && verdict != also) || !named)
                {
                    wrong.Add($"{path}: {verdict} {message}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static (string Verdict, string Message) Open(string path)
    {
        string folder = Directory.CreateTempSubdirectory("exo-tokenizer-").FullName;
        try
        {
            File.Copy(path, Path.Combine(folder, "tokenizer.json"));
            Tokenizer tokenizer = Tokenizer.FromFolder(folder);
            tokenizer.Encode("aaaa", parseSpecial: false);
            tokenizer.Encode(new string('a', 40) + "b", parseSpecial: false);
            return tokenizer.Warnings.Length == 0 ? ("accept", "") : ("accept-with-warning", string.Join('\n', tokenizer.Warnings));
        }
        catch (ModelFileException refusal)
        {
            return ("reject", refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Exo.Engine.Grammars;
using Exo.Engine.Tests.Tokens;

namespace Exo.Engine.Tests.Grammars;

public sealed class TokenMaskTests
{
    [SkippableTheory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("llama-bpe")]
    public void The_tokens_of_every_step_are_the_reference_s(string name)
    {
        TokenizerReference reference = TokenizerReference.Gguf(name);
        Dictionary<string, string> grammars = Read("gbnf.json").ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("gbnf").GetString()!);
        GrammarCache cache = new(8);
        foreach (JsonElement walk in Read("token_masks.json").Where(walk => walk.GetProperty("tokenizer").GetString() == name))
        {
            string grammar = walk.GetProperty("grammar").GetString()!;
            TokenConstraint constraint = cache.Get(grammar, reference.Tokenizer, () => Grammar.FromGbnf(grammars[grammar]));
            int[] ids = TokenizerReference.Ids(walk.GetProperty("ids"));
            GrammarState state = constraint.Grammar.Start;
            int step = 0;
            foreach (JsonElement expected in walk.GetProperty("steps").EnumerateArray())
            {
                int[] allowed = Ids(constraint.Mask(state));
                string where = $"{walk.GetProperty("name")}, step {step}";
                Assert.True(expected.GetProperty("count").GetInt32() == allowed.Length, $"{where}: {allowed.Length} tokens, {Difference(expected, allowed)}");
                Assert.Equal(expected.GetProperty("sha256").GetString(), Hash(allowed));
                state = step < ids.Length ? constraint.Advance(state, ids[step++]) : state;
            }
        }
    }

    private static string Difference(JsonElement expected, int[] allowed) =>
        expected.TryGetProperty("ids", out JsonElement ids) ? $"not [{ids}] but [{string.Join(',', allowed.Take(40))}]" : $"expected {expected.GetProperty("count")}";

    private static string Hash(int[] ids) =>
        Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', ids)))).ToLower(CultureInfo.InvariantCulture)[..16];

    internal static int[] Ids(ReadOnlySpan<ulong> mask)
    {
        List<int> ids = [];
        for (int id = 0; id < mask.Length * 64; id++)
        {
            if ((mask[id >> 6] >> (id & 63) & 1) != 0)
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    private static JsonElement.ArrayEnumerator Read(string file) => JsonDocument.Parse(File.ReadAllText(TestData.Find("grammars", file))).RootElement.EnumerateArray();
}

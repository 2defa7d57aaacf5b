using System.Text;
using System.Text.Json;
using Exo.Engine.Files;
using Exo.Engine.Grammars;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Grammars;

/// <summary>Random outputs under a mask, over the vocabulary of the model that ships with Exo.</summary>
public sealed class ConstrainedWalkTests
{
    private const int Budget = 40;
    private const int MostTokens = 600;

    private static readonly Tokenizer s_tokenizer = Demo();

    [Fact]
    public void Whatever_is_drawn_under_a_schema_is_JSON_that_the_schema_allows()
    {
        GrammarCache cache = new(4);
        int ended = 0;
        int walks = 0;
        foreach (JsonElement c in JsonDocument.Parse(File.ReadAllText(TestData.Find("grammars", "json_schema.json"))).RootElement.EnumerateArray())
        {
            string name = c.GetProperty("name").GetString()!;
            if (!TryCompile(c.GetProperty("schema"), out Grammar? grammar))
            {
                continue;
            }

            for (int seed = 0; seed < 3; seed++, walks++)
            {
                string? text = Walk(cache.Get(name, s_tokenizer, () => grammar!), new Random((seed * 1000) + walks));
                if (text is not null)
                {
                    ended++;
                    using JsonDocument parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });
                    Assert.True(grammar!.Matches(text), $"{name}: {text}");
                    Assert.NotNull(JsonSerializer.Serialize(parsed.RootElement));
                }
            }
        }

        Assert.True(ended > walks * 9 / 10, $"{ended} of {walks} walks ended");
        Assert.InRange(cache.Count, 1, 4);
    }

    [Fact]
    public void Any_JSON_object_parses()
    {
        TokenConstraint constraint = new(Grammar.FromJson(), s_tokenizer);
        for (int seed = 0; seed < 60; seed++)
        {
            if (Walk(constraint, new Random(seed)) is { } text)
            {
                using JsonDocument parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });
                Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
            }
        }
    }

    [Theory]
    [InlineData(@"[a-z]{3,8}@[a-z]{2,5}\.(org|net)")]
    [InlineData("(é|😀|日本){1,4}")]
    [InlineData(@"-?(0|[1-9]\d{0,6})(\.\d{1,3})?")]
    public void Whatever_is_drawn_under_an_expression_matches_it(string regex)
    {
        TokenConstraint constraint = new(Grammar.FromRegex(regex), s_tokenizer);
        for (int seed = 0; seed < 20; seed++)
        {
            string text = Walk(constraint, new Random(seed))!;
            Assert.Matches($"^(?:{regex})$", text);
        }
    }

    [Fact]
    public void A_token_that_ends_inside_of_a_character_may_come_only_where_it_can_be_completed()
    {
        // The demo's vocabulary has all single bytes: é is C3 A9, ã C3 A3, ñ C3 B1.
        TokenConstraint constraint = new(Grammar.FromRegex("[éã]"), s_tokenizer);
        GrammarState state = constraint.Grammar.Start;
        int[] first = [.. TokenMaskTests.Ids(constraint.Mask(state))];
        int lead = Assert.Single(first, id => Bytes(id) is [0xC3]);
        state = constraint.Advance(state, lead);

        Assert.Equal(["A3", "A9"], TokenMaskTests.Ids(constraint.Mask(state)).Select(id => Convert.ToHexString(Bytes(id))).Order());
        Assert.False(state.IsComplete);
    }

    private static bool TryCompile(JsonElement schema, out Grammar? grammar)
    {
        try
        {
            grammar = Grammar.FromJsonSchema(schema);
            return true;
        }
        catch (GrammarException refused)
        {
            Assert.Contains("#", refused.Message, StringComparison.Ordinal);
            grammar = null;
            return false;
        }
    }

    /// <summary>Null if it did not end; a step without a token to take fails.</summary>
    private static string? Walk(TokenConstraint constraint, Random random)
    {
        GrammarState state = constraint.Grammar.Start;
        List<byte> text = [];
        for (int step = 0; step < MostTokens; step++)
        {
            int[] allowed = TokenMaskTests.Ids(constraint.Mask(state));
            Assert.True(allowed.Length > 0, $"no token can follow {Encoding.UTF8.GetString([.. text])}");
            int[] closing = step < Budget ? [] : [.. allowed.Where(id => s_tokenizer.EndOfGenerationIds.Contains(id) || Bytes(id) is [(byte)'"' or (byte)'}' or (byte)']'])];
            int id = closing.Length > 0 ? closing[random.Next(closing.Length)] : allowed[random.Next(allowed.Length)];
            if (s_tokenizer.EndOfGenerationIds.Contains(id))
            {
                Assert.True(state.IsComplete);
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. text]);
            }

            text.AddRange(Bytes(id));
            state = constraint.Advance(state, id);
            Assert.False(state.IsDead);
        }

        return null;
    }

    private static byte[] Bytes(int id)
    {
        List<byte> bytes = [];
        s_tokenizer.AppendBytes(id, showSpecial: false, bytes);
        return [.. bytes];
    }

    private static Tokenizer Demo()
    {
        using ModelFile file = ModelFile.Open(Path.Combine(TestData.Find(), "..", "..", "models", "exo-demo.gguf"));
        return Tokenizer.From(file);
    }
}

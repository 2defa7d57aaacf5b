using System.Text.Encodings.Web;
using System.Text.Json;
using Exo.Engine.Grammars;

namespace Exo.Engine.Tests.Grammars;

/// <summary>tests/data/grammars was made for Exo; its README says how.</summary>
public sealed class GrammarCaseTests
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    [Fact]
    public void Grammars_accept_and_reject_what_the_reference_does()
    {
        List<string> wrong = [.. Cases("gbnf.json").SelectMany(c => Wrong(c, Grammar.FromGbnf(c.GetProperty("gbnf").GetString()!)))];

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Expressions_accept_and_reject_what_the_reference_does()
    {
        List<string> wrong = [.. Cases("regex.json").SelectMany(c => Wrong(c, Grammar.FromRegex(c.GetProperty("regex").GetString()!)))];

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Faulty_grammars_are_refused_with_a_reason()
    {
        foreach (JsonElement c in Cases("gbnf_errors.json"))
        {
            GrammarException refused = Assert.Throws<GrammarException>(() => Grammar.FromGbnf(c.GetProperty("gbnf").GetString()!));
            Assert.True(refused.Message.Length > 30, refused.Message);
        }
    }

    [Fact]
    public void Schemas_give_the_reference_s_verdicts_or_are_refused_by_their_keyword()
    {
        List<string> wrong = [];
        List<string> refused = [];
        foreach (JsonElement c in Cases("json_schema.json"))
        {
            string name = c.GetProperty("name").GetString()!;
            Grammar grammar;
            try
            {
                grammar = Grammar.FromJsonSchema(c.GetProperty("schema"));
            }
            catch (GrammarException e)
            {
                refused.Add(name);
                Assert.Contains("#", e.Message, StringComparison.Ordinal);
                continue;
            }

            foreach (JsonElement value in c.GetProperty("valid").EnumerateArray())
            {
                wrong.AddRange(Spellings(value).Where(text => !grammar.Matches(text)).Select(text => $"{name} rejects {text}"));
            }

            foreach (JsonElement value in c.GetProperty("invalid").EnumerateArray())
            {
                wrong.AddRange(Spellings(value).Where(grammar.Matches).Select(text => $"{name} accepts {text}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(
            [
                "object_names_01", "array_unique_01", "oneof_overlap_01", "ifthen_01",
            ],
            refused);
    }

    /// <summary>The same value as programs write it: compact, indented, with escapes.</summary>
    private static IEnumerable<string> Spellings(JsonElement value) => new[]
    {
        value.GetRawText(),
        JsonSerializer.Serialize(value, s_plain),
        JsonSerializer.Serialize(value),
        JsonSerializer.Serialize(value, s_indented),
    }.Distinct();

    private static IEnumerable<string> Wrong(JsonElement c, Grammar grammar)
    {
        string name = c.GetProperty("name").GetString()!;
        return c.GetProperty("accept").EnumerateArray().Where(text => !grammar.Matches(text.GetString()!)).Select(text => $"{name} rejects {text}")
            .Concat(c.GetProperty("reject").EnumerateArray().Where(text => grammar.Matches(text.GetString()!)).Select(text => $"{name} accepts {text}"));
    }

    private static JsonElement.ArrayEnumerator Cases(string file) => JsonDocument.Parse(File.ReadAllText(TestData.Find("grammars", file))).RootElement.EnumerateArray();
}

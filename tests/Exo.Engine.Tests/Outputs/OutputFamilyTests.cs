using System.Text.Json;
using System.Text.RegularExpressions;
using Exo.Engine.Outputs;

namespace Exo.Engine.Tests.Outputs;

/// <summary>Families with marks of their own. Each output is read whole, in every cut into two pieces, letter by letter, and broken off at every letter.</summary>
public sealed partial class OutputFamilyTests
{
    private static readonly JsonElement s_tools = JsonDocument.Parse("""
        [{"name": "time", "parameters": {"properties": {"city": {"type": "string"}}}}, {"name": "add", "parameters": {"properties": {"a": {"type": "integer"}, "note": {"type": "string"}}}},
         {"name": "set", "parameters": {"properties": {"value": {}}}}, {"name": "cal.put", "parameters": {"properties": {"who": {"type": "array"}}}}]
        """).RootElement;

    [Theory]
    [InlineData("Yes, <b>.", "Yes, <b>.", null, "")]
    [InlineData("<think>Hm.</think>Look:\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"time\">\n<｜DSML｜parameter name=\"city\" string=\"true\">Tokyo</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>", "Look:", "Hm.", """time{"city":"Tokyo"}""")]
    [InlineData("<｜DSML｜tool_calls><｜DSML｜invoke name=\"add\"><｜DSML｜parameter name=\"a\" string=\"false\">-14.50</｜DSML｜parameter><｜DSML｜parameter name=\"note\" string=\"true\"> 7\n</｜DSML｜parameter></｜DSML｜invoke>\n<｜DSML｜invoke name=\"set\"></｜DSML｜invoke></｜DSML｜tool_calls>", "", null, """add{"a":-14.50,"note":" 7\n"} set{}""")]
    [InlineData("<｜DSML｜tool_calls><｜DSML｜invoke name=\"set\"><｜DSML｜parameter name=\"value\" string=\"true\">7</｜DSML｜parameter></｜DSML｜invoke><｜DSML｜invoke name=\"add\"><｜DSML｜parameter name=\"note\" string=\"false\">[1, {\"b\": null}]</｜DSML｜parameter><｜DSML｜parameter name=\"a\">7</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>", "", null, """set{"value":"7"} add{"note":[1,{"b":null}],"a":7}""")]
    [InlineData("<think>Time first\n\n<｜DSML｜tool_calls><｜DSML｜invoke name=\"set\"></｜DSML｜invoke></｜DSML｜tool_calls>\nDone.", "Done.", "Time first", "set{}")]
    [InlineData("<think>I write <｜DSML｜tool_calls> and so on", "", "I write <｜DSML｜tool_calls> and so on", "")]
    [InlineData("<think>I write <｜DSML｜tool_calls> so.</think>\nYes.", "Yes.", "I write <｜DSML｜tool_calls> so.", "")]
    [InlineData("A <｜DSML｜function_calls> b", "A <｜DSML｜function_calls> b", null, "")]
    public void DeepSeek_V32_writes_its_own_tags(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("deepseek-v3.2", text));

    [Theory]
    [InlineData("{%- set dsml_token = '｜DSML｜' -%} <think>", "deepseek-v3.2")]
    public void The_template_tells_the_family(string template, string format) => Assert.Equal(format, OutputFormat.Choose(template, "llama").Name);

    /// <summary>The result, the same whichever way it comes.</summary>
    private static string ParseEveryWay(string format, string text)
    {
        string expected = Parse(format, [text]);
        Assert.Equal(expected, Parse(format, text.Select(letter => letter.ToString())));
        for (int at = 0; at < text.Length; at++)
        {
            Assert.Equal(expected, Parse(format, [text[..at], text[at..]]));

            // Broken off here, each word is somewhere in the result, unless it is part of a marker that was taken away.
            string rest = Parse(format, [text[..at]]);
            Assert.Equal(rest, Parse(format, text[..at].Select(letter => letter.ToString())));
            Assert.All(Words().Matches(text[..at]), word => Assert.True(rest.Contains(word.Value, StringComparison.Ordinal) || !expected.Contains(word.Value, StringComparison.Ordinal), $"'{word}' of '{text[..at]}' is not in {rest}"));
        }

        return expected;
    }

    private static string Parse(string format, IEnumerable<string> pieces)
    {
        OutputParser parser = OutputParser.Create(OutputFormat.Find(format)!, s_tools);
        List<OutputPart> parts = [];
        foreach (string piece in pieces)
        {
            parser.Push(piece, parts);
        }

        parser.Finish(parts);
        ParsedOutput output = ParsedOutput.Of(parts);
        return Show(output.Content, output.Reasoning, string.Join(' ', output.Calls.Select(call => call.Name + call.Arguments)));
    }

    private static string Show(string content, string? reasoning, string calls) => $"content '{content}' reasoning '{reasoning ?? "none"}' calls {calls}";

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();
}

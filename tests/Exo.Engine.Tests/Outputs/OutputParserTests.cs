using System.Text.Json;
using Exo.Engine.Outputs;

namespace Exo.Engine.Tests.Outputs;

/// <summary>tests/data/outputs was written for Exo from the formats' public descriptions.</summary>
public sealed class OutputParserTests
{
    private static readonly JsonElement s_tools = JsonDocument.Parse(File.ReadAllText(TestData.Find("outputs", "tools.json"))).RootElement.GetProperty("tools");
    private static readonly IReadOnlyList<OutputCase> s_cases = OutputCase.Read(TestData.Find("outputs", "cases.json"));

    [Fact]
    public void Every_output_is_taken_apart_as_expected()
    {
        List<string> wrong = [.. s_cases.Select(c => Difference(c, "whole", [c.Text])).OfType<string>()];

        Assert.Equal(104, s_cases.Count);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_cut_into_two_pieces_gives_the_same()
    {
        List<string> wrong = [.. s_cases.SelectMany(c => Enumerable.Range(0, c.Text.Length + 1).Select(at => Difference(c, $"cut at {at}", [c.Text[..at], c.Text[at..]]))).OfType<string>()];

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void One_code_point_at_a_time_gives_the_same()
    {
        List<string> wrong = [.. s_cases.Select(c => Difference(c, "code points", c.Text.EnumerateRunes().Select(rune => rune.ToString()))).OfType<string>()];

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Outputs_made_of_scraps_of_markers_mean_the_same_however_they_are_cut()
    {
        string[] scraps =
        [
            "<think>", "</think>", "<tool_call>", "</tool_call>", "\n", " ", "a", "{", "}", "[", "]", "{\"name\": \"ping\", \"arguments\": {}}", "<function=ping>", "</function>", "<parameter=x>", "</parameter>",
            "[TOOL_CALLS]", "[ARGS]", "[THINK]", "[/THINK]", "<|channel|>", "final", "analysis", "commentary to=functions.ping", "<|message|>", "<|end|>", "<|start|>", "assistant", "<|call|>", "<", "<|python_tag|>", ";",
            "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "ping<｜tool▁sep｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "```json", "```", "Action:", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "{}",
            "<minimax:tool_call>", "<invoke name=\"ping\">", "</invoke>", "</minimax:tool_call>", "<|tool_call|>", "<response>", "<TOOLCALL>", "</TOOLCALL>", "\"",
            "<｜DSML｜tool_calls>", "<｜DSML｜invoke name=\"ping\">", "</｜DSML｜invoke>", "</｜DSML｜tool_calls>", "<|tool_call_start|>", "<|tool_call_end|>", "ping(x='1')", ",", ">>>all\n", ">>>", "ping\n",
            "<|tool_call>call:ping", "{x:<|\"|>", "<|\"|>}", "<tool_call|>", "<|channel>thought", "<channel|>", "<tool_calls>", "</tool_calls>", "<|function_call|>",
            "<|open|>", "think<|sep|>", "tools<|sep|>", "<|close|>", "<tool_call:opensource>", "<|think|>", "<|begin|>assistant", "<|tool_calls|>", "<function name=\"ping\">", " to=", "user<|message|>", "self<|message|>", "<|eom|>", "\\", "é😀",
        ];
        Random random = new(17);
        for (int run = 0; run < 3000; run++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => scraps[random.Next(scraps.Length)]));
            OutputFormat format = OutputFormat.All[run % OutputFormat.All.Length];
            OutputCase c = new("scraps", format.Name, text, random.Next(4) == 0, "");
            string whole = c.Parse(s_tools, [text]);
            Assert.True(whole == c.Parse(s_tools, text.Select(letter => letter.ToString())), $"{format.Name}, letters: {text}");
            int at = random.Next(text.Length);
            Assert.True(whole == c.Parse(s_tools, [text[..at], text[at..]]), $"{format.Name}, cut at {at}: {text}");
        }
    }

    [Fact]
    public void Text_is_given_while_it_comes()
    {
        OutputParser parser = OutputParser.Create(OutputFormat.Find("hermes")!, s_tools);
        List<OutputPart> parts = [];
        foreach (string piece in new[] { "Hel", "lo", " ", "you <", "b", "> <tool_", "call>" })
        {
            parser.Push(piece, parts);
        }

        Assert.Equal("Hello you <b>", ParsedOutput.Of(parts).Content);
        Assert.True(parts.Count > 3);
    }

    [Fact]
    public void Without_known_tools_any_name_is_a_call()
    {
        OutputCase c = OutputCase.Read(TestData.Find("outputs", "cases.json")).Single(c => c.Name == "llama3-json_06");

        Assert.Contains("Oak({\"x\":1", c.Parse(tools: null, [c.Text]), StringComparison.Ordinal);
        Assert.Equal(c.Expected, c.Parse(JsonDocument.Parse("[]").RootElement, [c.Text]));
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"run\", \"arguments\": {\"code\": \"", "")]
    [InlineData("hermes", "<tool_call>", "")]
    [InlineData("hermes", "<tool_call>[", "")]
    [InlineData("hermes", " ", "")]
    [InlineData("qwen3-coder", "<tool_call><function=ping><parameter=a>", "")]
    [InlineData("minimax-m2", "<minimax:tool_call><invoke name=\"ping\">", "")]
    [InlineData("lfm2", "<|tool_call_start|>", "<|tool_call_end|>")]
    [InlineData("lfm2", "<|tool_call_start|>[ping(x='", "")]
    [InlineData("gemma4", "<|tool_call>call:ping{x:<|\"|>", "")]
    [InlineData("functionary-v3.2", ">>>ping\n", "")]
    [InlineData("harmony", "<|channel|>", "<|message|>")]
    [InlineData("llama3-json", "{\"name\": \"ping\", \"parameters\": {}};", "")]
    public void Time_grows_with_the_output_whatever_it_repeats(string format, string piece, string end)
    {
        // Work that grew with the square of it would not end.
        OutputParser parser = OutputParser.Create(OutputFormat.Find(format)!, s_tools);
        List<OutputPart> parts = [];
        int count = 300_000 / piece.Length;
        for (int i = 0; i < count; i++)
        {
            parser.Push(piece, parts);
        }

        parser.Push(end, parts);
        parser.Finish(parts);

        ParsedOutput output = ParsedOutput.Of(parts);
        Assert.True(output.Content.Length + output.Calls.Length > 0 || format == "harmony");
    }

    [SkippableTheory]
    [InlineData("qwen3", "hermes")]
    [InlineData("hermes-2-pro", "hermes")]
    [InlineData("granite-4.0", "hermes")]
    [InlineData("qwen3-coder", "qwen3-coder")]
    [InlineData("llama-3.1-instruct", "llama3-json")]
    [InlineData("llama-3.2-instruct", "llama3-json")]
    [InlineData("mistral-v0.3-tools", "mistral")]
    [InlineData("mistral-small-3.2", "mistral-args")]
    [InlineData("deepseek-v3", "deepseek-v3")]
    [InlineData("deepseek-r1", "deepseek-v3")]
    [InlineData("deepseek-v3.1", "deepseek-v3.1")]
    [InlineData("gpt-oss", "harmony")]
    [InlineData("granite-3.3", "granite")]
    [InlineData("command-r7b-tool", "command-r7b")]
    [InlineData("command-r-plus-tool", "command-r-action")]
    [InlineData("glm-4.6", "glm4")]
    [InlineData("kimi-k2", "kimi-k2")]
    [InlineData("minimax-m2", "minimax-m2")]
    [InlineData("functionary-v3.1", "functionary-v3.1")]
    [InlineData("nemotron-nano-v2", "nemotron")]
    [InlineData("gemma-4-it", "gemma4")]
    [InlineData("functionary-v3.2", "functionary-v3.2")]
    [InlineData("jamba-1.6", "jamba")]
    [InlineData("minicpm3", "minicpm3")]
    [InlineData("zephyr-beta", "plain")]
    [InlineData("smollm3", "plain")]
    public void A_format_is_chosen_by_the_chat_template(string template, string format)
    {
        string source = File.ReadAllText(Testing.ReferenceData.Require("chat_templates", "templates", template + ".jinja"));

        Assert.Equal(format, OutputFormat.Choose(source, "llama").Name);
    }

    [Fact]
    public void Without_a_template_only_the_architecture_is_left()
    {
        Assert.Equal("harmony", OutputFormat.Choose(null, "gpt-oss").Name);
        Assert.Equal("plain", OutputFormat.Choose(null, "qwen3").Name);
        Assert.True(OutputFormat.Plain.OpensReasoning("<|im_start|>assistant\n<think>\n"));
        Assert.False(OutputFormat.Plain.OpensReasoning("<|im_start|>assistant\n<think>\n\n</think>\n"));
    }

    [Theory]
    [InlineData("seed-oss", "<seed:think>Hm.</seed:think>\n<seed:tool_call>\n<function=ping>\n<parameter=text>\n5\n</parameter>\n</function>\n</seed:tool_call>", "", "Hm.", "ping{\"text\":\"5\"}")]
    [InlineData("apertus", "<|inner_prefix|>Hm.<|inner_suffix|>Wait.<|tools_prefix|>[{\"ping\": {\"n\": 1}}, {\"now\": {}}]<|tools_suffix|>", "Wait.", "Hm.", "ping{\"n\": 1} now{}")]
    [InlineData("apertus", "<|tools_prefix|>[{\"ping\": 1}]<|tools_suffix|>", "<|tools_prefix|>[{\"ping\": 1}]<|tools_suffix|>", null, "")]
    [InlineData("apriel", "Here are my reasoning steps:\nHm.\n[BEGIN FINAL RESPONSE]\nYes.\n<tool_calls>[{\"name\": \"ping\", \"arguments\": {}}]</tool_calls>", "Yes.", "Hm.", "ping{}")]
    [InlineData("firefunction", " functools[{\"name\": \"ping\", \"arguments\": {\"n\": 1}}]", "", null, "ping{\"n\": 1}")]
    [InlineData("qwen3-coder", "<tool_call><function=ping><parameter=either>5</parameter><parameter=many>5</parameter></function></tool_call>", "", null, "ping{\"either\":\"5\",\"many\":5}")]
    public void Rarer_families_are_taken_apart_however_they_are_cut(string format, string text, string content, string? reasoning, string calls)
    {
        JsonElement tools = JsonDocument.Parse("""[{"name": "ping", "parameters": {"properties": {"text": {"type": "string"}, "either": {"type": ["string", "null"]}, "many": {"type": ["string", "integer"]}}}}]""").RootElement;
        foreach (int size in new[] { text.Length, 1, 3 })
        {
            OutputParser parser = OutputParser.Create(OutputFormat.Find(format)!, tools);
            List<OutputPart> parts = [];
            foreach (char[] piece in text.Chunk(size))
            {
                parser.Push(piece, parts);
            }

            parser.Finish(parts);
            ParsedOutput output = ParsedOutput.Of(parts);
            Assert.Equal((content, reasoning, calls), (output.Content, output.Reasoning, string.Join(' ', output.Calls.Select(call => call.Name + call.Arguments))));
        }
    }

    [Theory]
    [InlineData("<seed:tool_call><function=a><parameter=b>", "seed-oss")]
    [InlineData("{%- set start = '<|tools_prefix|>' -%}", "apertus")]
    [InlineData("within <tool_calls></tool_calls>, after [BEGIN FINAL RESPONSE]", "apriel")]
    [InlineData("functools[{\"name\": [function name]}]", "firefunction")]
    public void A_rarer_format_is_chosen_by_the_chat_template(string template, string format) => Assert.Equal(format, OutputFormat.Choose(template, "llama").Name);

    private static string? Difference(OutputCase c, string how, IEnumerable<string> pieces)
    {
        string actual = c.Parse(s_tools, pieces);
        return actual == c.Expected ? null : $"{c.Name}, {how}: expected {c.Expected} but was {actual}";
    }
}

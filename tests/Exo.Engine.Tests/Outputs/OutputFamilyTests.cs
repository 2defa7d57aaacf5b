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
    [InlineData("<think>Say <|tool_call_start|>[add(a=9)]<|tool_call_end|>?</think>Look. <|tool_call_start|>[time(city=\"Oslo\"), add(a=-1.50, note='it is \"7\"')]<|tool_call_end|>", "Look.", "Say <|tool_call_start|>[add(a=9)]<|tool_call_end|>?", "time{\"city\":\"Oslo\"} add{\"a\":-1.50,\"note\":\"it is \\\"7\\\"\"}")]
    [InlineData("<|tool_call_start|>[cal.put(who=[\"Al\", None,], more={'x': True, \"y\": false, \"z\": (1, [])}), set()]<|tool_call_end|> Done", "Done", null, "cal.put{\"who\":[\"Al\",null],\"more\":{\"x\":true,\"y\":false,\"z\":[1,[]]}} set{}")]
    [InlineData("<|tool_call_start|> [ set( value = \"a\\n\\tb\\\\c\\x41\\u00e9\\U0001f600\\d\" ) ] <|tool_call_end|>", "", null, "set{\"value\":\"a\\u000a\\u0009b\\\\cAé😀\\\\d\"}")]
    [InlineData("<|tool_call_start|>[{\"name\": \"add\", \"arguments\": {\"a\": 1}}]<|tool_call_end|>", "", null, "add{\"a\": 1}")]
    [InlineData("See [text](url), [set(value=1)].", "See [text](url), [set(value=1)].", null, "")]
    [InlineData("<|tool_call_start|>[set(value=now)]<|tool_call_end|>", "<|tool_call_start|>[set(value=now)]<|tool_call_end|>", null, "")]
    [InlineData("<|tool_call_start|>[set(value=\"\\ud83d\")]<|tool_call_end|>", "<|tool_call_start|>[set(value=\"\\ud83d\")]<|tool_call_end|>", null, "")]
    [InlineData("<|tool_call_start|>[set(value=1), set(val", ", set(val", null, "set{\"value\":1}")]
    public void Lfm2_writes_a_Python_list(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("lfm2", text));

    [Theory]
    [InlineData("<|thought_start|>\nHm.\n<|thought_end|>\n<|tool_call_start|>\n```python\ntime(city=\"Rome\")\nadd(a=1,note=\"x\")\n```\n<|tool_call_end|>\nSo.", "So.", "Hm.", "time{\"city\":\"Rome\"} add{\"a\":1,\"note\":\"x\"}")]
    public void MiniCPM3_writes_Python_lines(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("minicpm3", text));

    [Theory]
    [InlineData("all\nYes, >>> is\n  text.", "Yes, >>> is\n  text.", null, "")]
    [InlineData("add\n{\"a\": 1}", "", null, "add{\"a\": 1}")]
    [InlineData(">>>all\nLook.>>>add\n{\"a\": 1}>>>time\n{\"city\": \"Bern\"}", "Look.", null, "add{\"a\": 1} time{\"city\": \"Bern\"}")]
    [InlineData("all\nOne\n>>>unknown\n{\"a\": 1}", "One\n>>>unknown\n{\"a\": 1}", null, "")]
    [InlineData("JSON\n{\"a\": 1}", "JSON\n{\"a\": 1}", null, "")]
    [InlineData("add\n{\"a\": 1", "add\n{\"a\": 1", null, "")]
    public void Functionary_v32_writes_to_recipients(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("functionary-v3.2", text));

    [Theory]
    [InlineData("<|channel>thought\nHm\nwell<channel|>Look.<|tool_call>call:time{city:<|\"|>San \"X\" \\n<|\"|>}<tool_call|><|tool_call>call:set{value:[<|\"|>a<|\"|>,{k:-1.5e3,<|\"|>q<|\"|>:null},true,[]]}<tool_call|>", "Look.", "Hm\nwell", "time{\"city\":\"San \\\"X\\\" \\\\n\"} set{\"value\":[\"a\",{\"k\":-1.5e3,\"q\":null},true,[]]}")]
    [InlineData("<|channel>thought<channel|>Yes.<|channel>thought\n<channel|><channel|>", "Yes.", "", "")]
    [InlineData("<|tool_call>call:set{}<tool_call|>", "", null, "set{}")]
    [InlineData("<|tool_call>call:set{value:Oslo}<tool_call|>", "<|tool_call>call:set{value:Oslo}<tool_call|>", null, "")]
    public void Gemma4_writes_literals_of_its_own(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("gemma4", text));

    [Theory]
    [InlineData("Look. <tool_calls>[\n{\"name\": \"add\", \"arguments\": {\"a\": 1}},\n{\"name\": \"set\", \"arguments\": {}}\n]</tool_calls>", "Look.", null, "add{\"a\": 1} set{}")]
    [InlineData("<think>\nHm.\n</think>\n\n<tool_calls>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n{\"name\": \"set\", \"arguments\": {}}\n</tool_calls>", "", "Hm.", "add{\"a\": 1} set{}")]
    [InlineData("<tool_calls>{\"name\": \"add\"}</tool_calls>", "<tool_calls>{\"name\": \"add\"}</tool_calls>", null, "")]
    public void Jamba_and_MiniMax_M1_write_JSON_between_tags(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("jamba", text));

    [Theory]
    [InlineData("Look.<|message_sep|>\n\nfunction call<|role_sep|>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}", "Look.", null, "add{\"a\": 1}")]
    [InlineData("<|function_call|>{\"name\": \"add\", \"arguments\": {\"a\": 1}}", "", null, "add{\"a\": 1}")]
    [InlineData("One<|message_sep|>\n\nTwo", "One<|message_sep|>\n\nTwo", null, "")]
    public void GigaChat_writes_a_message_or_a_marker(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("gigachat", text));

    [Theory]
    [InlineData("<|open|>think<|sep|>Hm.<|close|>think<|sep|><|open|>response<|sep|>A reply.<|close|>response<|sep|><|open|>tools<|sep|><|open|>call tool=\"add\" index=\"1\"<|sep|><|open|>argument key=\"a\" type=\"number\"<|sep|>7<|close|>argument<|sep|><|open|>argument key=\"note\" type=\"string\"<|sep|>8<|close|>argument<|sep|><|close|>call<|sep|><|open|>call tool=\"set\" index=\"2\"<|sep|><|open|>json type=\"object\"<|sep|>{\"value\": 5}<|close|>json<|sep|><|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|>", "A reply.", "Hm.", "add{\"a\":7,\"note\":\"8\"} set{\"value\": 5}")]
    [InlineData("<|open|>tools<|sep|><|open|>call tool=\"set\" index=\"1\"<|sep|><|close|>call<|sep|><|close|>tools<|sep|>", "", null, "set{}")]
    public void Kimi_K3_tells_the_type_of_each_argument(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("kimi-k3", text));

    [Theory]
    [InlineData("<think:opensource>Hm.</think:opensource>Look.<tool_calls:opensource>\n<tool_call:opensource>add<tool_sep:opensource>\n<arg_key:opensource>a</arg_key:opensource>\n<arg_value:opensource>7</arg_value:opensource>\n<arg_key:opensource>note</arg_key:opensource>\n<arg_value:opensource>8</arg_value:opensource>\n</tool_call:opensource>\n<tool_call:opensource>set<tool_sep:opensource>\n</tool_call:opensource>\n</tool_calls:opensource>", "Look.", "Hm.", "add{\"a\":7,\"note\":\"8\"} set{}")]
    public void Hunyuan3_has_a_suffix_at_each_tag(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("hunyuan3", text));

    [Theory]
    [InlineData("<|think|>Hm.<|end|><|begin|>assistant<|content|>Yes.<|end|>", "Yes.", "Hm.", "")]
    [InlineData("<|think|>Hm.<|end|><|begin|>assistant<|tool_calls|><|tool_call:begin|>a1b2<|tool_call:name|>add<|tool_call:args|>{\"a\": 7}<|tool_call:end|><|tool_call:begin|>c3<|tool_call:name|>set<|tool_call:args|>{}<|tool_call:end|><|calls|>", "", "Hm.", "add{\"a\": 7} set{}")]
    public void Solar_Open_numbers_its_calls(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("solar-open", text));

    [Theory]
    [InlineData("<think>\nHm.\n</think>\nLook. <function name=\"add\"><param name=\"a\">7</param><param name=\"note\"><![CDATA[<b> </param>\n]]></param></function>\n<function name=\"set\"></function>", "Look.", "Hm.", "add{\"a\":7,\"note\":\"<b> </param>\\n\"} set{}")]
    public void MiniCPM5_wraps_texts_with_tags(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("minicpm5", text));

    [Theory]
    [InlineData(" to=self<|message|>Hm.<|eom|><|start|>assistant to=user<|message|>Look.<|eom|><|start|>assistant to=add<|message|><atem:function_calls>\n<atem:invoke name=\"add\">\n<atem:parameter name=\"a\">7</atem:parameter>\n</atem:invoke>\n</atem:function_calls>", "Look.", "Hm.", "add{\"a\":7}")]
    [InlineData(" to=user<|message|>So: <atem:function_calls>\n</atem:function_calls><|eot|>", "So: <atem:function_calls>\n</atem:function_calls>", null, "")]
    public void Muse_Glimmer_writes_messages(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("muse-glimmer", text));

    [Theory]
    [InlineData("<|START_THINKING|>Hm.<|END_THINKING|><|START_TEXT|>Yes.<|END_TEXT|>", "Yes.", "Hm.", "")]
    public void Cohere_2_marks_its_text(string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay("command-r7b", text));

    [Theory]
    [InlineData("kimi-k2", "<think>Hm.<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{\"a\": 7}<|tool_call_end|><|tool_calls_section_end|>", "", "Hm.", "add{\"a\": 7}")]
    [InlineData("kimi-k2", "Look.<|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{\"a\": 7}<|tool_call_begin|>functions.set:1<|tool_call_argument_begin|>{}<|tool_call_end|>", "Look.", null, "add{\"a\": 7} set{}")]
    [InlineData("qwen3-coder", "Look.\n<function=add>\n<parameter=a>\n7\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=set>\n</function>\n</tool_call>\nSo.", "Look.So.", null, "add{\"a\":7} set{}")]
    [InlineData("qwen3-coder", "<think>\nHm.\n<tool_call>\n<function=set>\n</function>\n</tool_call>", "", "Hm.", "set{}")]
    [InlineData("qwen3-coder", "<think>Write <tool_call> here.</think>Or <function=so>.", "Or <function=so>.", "Write <tool_call> here.", "")]
    [InlineData("harmony", " to=functions.add<|channel|>commentary <|constrain|>json<|message|>{\"a\": 7}<|call|>", "", null, "add{\"a\": 7}")]
    [InlineData("harmony", "together.", "together.", null, "")]
    [InlineData("gemma4", "<|channel><|channel>thought\n<channel|>Yes.", "Yes.", "", "")]
    public void What_models_leave_out_is_seen_through(string format, string text, string content, string? reasoning, string calls) =>
        Assert.Equal(Show(content, reasoning, calls), ParseEveryWay(format, text));

    [Fact]
    public void A_marker_of_Muse_Glimmer_within_a_text_is_text()
    {
        const string text = " to=self<|message|>Go to=5.<|eom|><|start|>assistant to=user<|message|>From to=6 to=user<|eot|>";

        Assert.Equal(Show("From to=6 to=user", "Go to=5.", ""), Parse("muse-glimmer", [text]));
        Assert.Equal(Show("From to=6 to=user", "Go to=5.", ""), Parse("muse-glimmer", text.Select(letter => letter.ToString())));
    }

    [Theory]
    [InlineData("{%- set dsml_token = '｜DSML｜' -%} <think>", "deepseek-v3.2")]
    [InlineData("List of tools: <|tool_list_start|>[", "lfm2")]
    [InlineData("List of tools: [ <|im_start|>", "lfm2")]
    [InlineData("<|tool_call_start|>\n```python\n", "minicpm3")]
    [InlineData("{{- '<|tool_call>call:' + name -}}", "gemma4")]
    [InlineData(">>>${recipient}\n${content} >>>all\n", "functionary-v3.2")]
    [InlineData("{% set prefix = '<tool_calls>' %}", "jamba")]
    [InlineData("<tool_calls></tool_calls> <beginning_of_sentence>", "minimax-m1")]
    [InlineData("role_sep='<|role_sep|>', message_sep='<|message_sep|>'", "gigachat")]
    [InlineData("'<|open|>' + tag + '<|sep|>' '<|close|>'", "kimi-k3")]
    [InlineData("{%- set HYTK = ':opensource' %} '<tool_calls{}>'.format(HYTK)", "hunyuan3")]
    [InlineData("<|tool_call:begin|><tool-call-id><|tool_call:name|>", "solar-open")]
    [InlineData("<function name=\"f\"><param name=\"p\">", "minicpm5")]
    [InlineData("<atem:function_calls>", "muse-glimmer")]
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

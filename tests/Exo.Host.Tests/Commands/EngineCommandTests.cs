using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Exo.Host.Terminal;
using Exo.Testing;

namespace Exo.Host.Tests.Commands;

/// <summary>The commands that show what the engine computes, on the model that ships with Exo and on bad input.</summary>
[Collection("console")]
public sealed class EngineCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exo-commands-").FullName;

    [Fact]
    public async Task A_model_is_described_for_people_and_for_programs()
    {
        (int code, string text, _) = await ConsoleRun.RunAsync("inspect", "exo-demo");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("8 layers", text);
        Assert.Contains("128k", text);

        using JsonDocument json = await JsonAsync("inspect", "exo-demo", "--json");
        Assert.Equal("llama", json.RootElement.GetProperty("architecture").GetString());
        Assert.Equal(10, json.RootElement.GetProperty("units").GetArrayLength());
        Assert.Equal("byte-level BPE", json.RootElement.GetProperty("tokenizer").GetProperty("algorithm").GetString());
        Assert.Equal([4096, 32768, 131072], json.RootElement.GetProperty("needs").EnumerateArray().Select(need => need.GetProperty("context").GetInt32()));
        Assert.All(json.RootElement.GetProperty("needs").EnumerateArray(), need => Assert.Equal(
            need.GetProperty("total_bytes").GetInt64(),
            need.GetProperty("weight_bytes").GetInt64() + need.GetProperty("kv_bytes").GetInt64() + need.GetProperty("state_bytes").GetInt64() + need.GetProperty("scratch_bytes").GetInt64()));
    }

    [Fact]
    public async Task The_storage_of_keys_and_values_is_chosen_and_counted()
    {
        long[] bytes = new long[4];
        string[] types = ["q8", "f16", "bf16", "f32"];
        for (int i = 0; i < types.Length; i++)
        {
            using JsonDocument json = await JsonAsync("inspect", "exo-demo", "--json", "--kv-cache", types[i]);
            bytes[i] = json.RootElement.GetProperty("units")[1].GetProperty("kv_bytes_per_token").GetInt64();
            Assert.Equal(types[i], json.RootElement.GetProperty("kv_cache").GetString());
            using JsonDocument made = await JsonAsync("generate", "exo-demo", "--tokens", "1,20,300", "--count", "4", "--json", "--kv-cache", types[i]);
            Assert.Equal(4, Ints(made).Length);
        }

        Assert.Equal([17, 32, 32, 64], bytes.Select(count => count * 32 / bytes[1]));
    }

    [Fact]
    public async Task Text_becomes_token_ids_and_text_again()
    {
        using JsonDocument one = await JsonAsync("tokenize", "exo-demo", "--text", "What is a ring? <|im_end|>", "--json");
        int[] ids = Ints(one);
        (int code, string text, _) = await ConsoleRun.RunAsync("detokenize", "exo-demo", "--ids", string.Join(',', ids));

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal("What is a ring? <|im_end|>", text);
    }

    [Theory]
    [InlineData("@hello")]
    [InlineData("--special")]
    [InlineData("-1")]
    public async Task A_text_is_a_text_whatever_it_begins_with(string text)
    {
        using JsonDocument ids = await JsonAsync("tokenize", "exo-demo", "--text", text, "--json");
        (_, string back, _) = await ConsoleRun.RunAsync("detokenize", "exo-demo", "--ids", string.Join(',', Ints(ids)));

        Assert.Equal(text, back);
    }

    [Fact]
    public async Task Every_line_of_strings_gives_a_line_of_ids()
    {
        string lines = Write("lines.jsonl", "\"a ring\"\n\"\"\n\"two\\nlines \\u00e9\"\n");
        (int code, string text, _) = await ConsoleRun.RunAsync("tokenize", "exo-demo", "--lines", lines, "--json");

        Assert.Equal(ExitCode.Ok, code);
        string[] rows = text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, rows.Length);
        Assert.Equal("""{"ids":[]}""", rows[1]);
    }

    [Fact]
    public async Task Logits_are_the_same_wherever_the_model_is_cut()
    {
        string whole = Path.Combine(_folder, "whole.f32");
        string cut = Path.Combine(_folder, "cut.f32");
        (int first, _, _) = await ConsoleRun.RunAsync("logits", "exo-demo", "--tokens", "1,20,300", "--out", whole);
        (int second, _, _) = await ConsoleRun.RunAsync("logits", "exo-demo", "--tokens", "1,20,300", "--out", cut, "--cut", "0,2,5,8", "--threads", "1");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (first, second));
        Assert.Equal(3 * 1024 * sizeof(float), new FileInfo(whole).Length);
        Assert.Equal(await File.ReadAllBytesAsync(whole), await File.ReadAllBytesAsync(cut));
    }

    [SkippableFact]
    public async Task What_a_link_or_a_pipe_leads_to_is_written_and_neither_is_replaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has neither in folders.");
        string file = Write("file.f32", "before");
        string link = Path.Combine(_folder, "link.f32");
        File.CreateSymbolicLink(link, file);
        (int linked, _, _) = await ConsoleRun.RunAsync("logits", "exo-demo", "--tokens", "1,20", "--out", link);
        string pipe = Path.Combine(_folder, "pipe");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync();
        }

        using CancellationTokenSource late = new(TimeSpan.FromMinutes(1));
        Task<byte[]> read = Task.Run(() => File.ReadAllBytesAsync(pipe, late.Token), late.Token);
        (int piped, _, string error) = await Task.Run(() => ConsoleRun.RunAsync("logits", "exo-demo", "--tokens", "1,20", "--out", pipe), late.Token);

        Assert.Equal((ExitCode.Ok, ExitCode.Ok, ""), (linked, piped, error));
        Assert.Equal(file, File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName);
        Assert.Equal(2 * 1024 * sizeof(float), new FileInfo(file).Length);
        Assert.Equal(await File.ReadAllBytesAsync(file, late.Token), await read);
        Assert.Equal(["file.f32", "link.f32", "pipe"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Json_may_begin_with_a_byte_order_mark()
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync("grammar-check", "--schema", Write("schema.json", "\uFEFF{\"type\": \"integer\"}"), "--lines", Write("lines.jsonl", "\uFEFF\"1\"\n\"a\"\n"));

        Assert.Equal((ExitCode.Ok, "", "true,false,"), (code, error, output.ReplaceLineEndings(",")));
    }

    [Fact]
    public async Task The_same_seed_generates_the_same_ids()
    {
        string[] args = ["generate", "exo-demo", "--tokens", "1,20,300", "--count", "12", "--temperature", "0.9", "--seed", "7", "--json"];
        using JsonDocument once = await JsonAsync(args);
        using JsonDocument again = await JsonAsync([.. args, "--cut", "4", "--threads", "1"]);

        Assert.Equal(12, Ints(once).Length);
        Assert.Equal(Ints(once), Ints(again));
        Assert.Equal(JsonValueKind.String, once.RootElement.GetProperty("text").ValueKind);
    }

    [Fact]
    public async Task Generated_text_keeps_to_a_schema()
    {
        string schema = Write("schema.json", """{"type": "object", "properties": {"colour": {"enum": ["red", "green"]}, "count": {"type": "integer", "minimum": 1, "maximum": 20}}, "required": ["colour", "count"], "additionalProperties": false}""");
        for (int seed = 0; seed < 5; seed++)
        {
            using JsonDocument made = await JsonAsync("generate", "exo-demo", "--tokens", "1,20,300", "--count", "400", "--temperature", "1.2", "--seed", $"{seed}", "--schema", schema, "--json");
            using JsonDocument value = JsonDocument.Parse(made.RootElement.GetProperty("text").GetString()!);

            Assert.Contains(value.RootElement.GetProperty("colour").GetString(), new[] { "red", "green" });
            Assert.InRange(value.RootElement.GetProperty("count").GetInt32(), 1, 20);
        }
    }

    [Fact]
    public async Task Logprobs_are_told_and_biases_and_penalties_count()
    {
        string[] args = ["generate", "exo-demo", "--tokens", "1,20,300", "--count", "6", "--json"];
        using JsonDocument plain = await JsonAsync([.. args, "--logprobs", "3"]);
        using JsonDocument biased = await JsonAsync([.. args, "--logit-bias", $"{Ints(plain)[0]}=-100", "--repetition-penalty", "1.5", "--presence-penalty", "0.5"]);

        JsonElement first = plain.RootElement.GetProperty("logprobs")[0];
        Assert.Equal(Ints(plain)[0], first.GetProperty("id").GetInt32());
        Assert.Equal(first.GetProperty("logprob").GetDouble(), first.GetProperty("top")[0].GetProperty("logprob").GetDouble());
        Assert.Equal(3, first.GetProperty("top").GetArrayLength());
        Assert.NotEqual(Ints(plain)[0], Ints(biased)[0]);
        Assert.False(biased.RootElement.TryGetProperty("logprobs", out _));
    }

    [Fact]
    public async Task A_template_is_rendered_to_the_last_character()
    {
        string template = Write("chat.jinja", "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{{ strftime_now('%d %b %Y') }}\n\n");
        string context = Write("context.json", """{"messages": [{"role": "user", "content": "é"}], "bos_token": "<s>"}""");
        (int code, string text, _) = await ConsoleRun.RunAsync("render-template", template, "--context", context, "--now", "2025-07-10T12:00:00");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal("<s><user>é10 Jul 2025\n", text);
    }

    [Fact]
    public async Task A_tensor_is_decoded_to_floats()
    {
        string output = Path.Combine(_folder, "norm.f32");
        (int code, string text, _) = await ConsoleRun.RunAsync("dequantize", "exo-demo", "--tensor", "blk.0.attn_q.weight", "--out", output);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("[192, 192]", text);
        Assert.Equal(192 * 192 * sizeof(float), new FileInfo(output).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task An_output_is_taken_apart_in_pieces_of_any_size(int chunk)
    {
        string output = Write("answer.txt", "<think>\nHm.\n</think>\n\nSo:\n<tool_call>\n{\"name\": \"ping\", \"arguments\": {\"é\": 1e3}}\n</tool_call>");
        string tools = Write("tools.json", """{"tools": [{"type": "function", "function": {"name": "ping"}}]}""");
        (int code, string text, string error) = await ConsoleRun.RunAsync("parse-output", "--format", "hermes", "--file", output, "--chunk", $"{chunk}", "--tools", tools);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal("""{"content":"So:","reasoning":"Hm.","tool_calls":[{"name":"ping","arguments":{"é":1e3}}]}""", text.Trim());
    }

    [Theory]
    [InlineData("--schema", """{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}""")]
    [InlineData("--gbnf", "root ::= \"{\\\"a\\\": 1}\"")]
    public async Task Every_line_gets_the_verdict_of_a_constraint(string option, string text)
    {
        string lines = Write("lines.jsonl", "\"{\\\"a\\\": 1}\"\n\"{}\"\n\"\"\n");
        (int code, string output, string error) = await ConsoleRun.RunAsync("grammar-check", option, Write("constraint", text), "--lines", lines);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal("true false false", string.Join(' ', output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_constraint_that_cannot_be_enforced_fails_by_its_keyword()
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync("grammar-check", "--schema", Write("schema.json", """{"not": {}}"""), "--lines", Write("lines.jsonl", "\"\"\n"));

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("#/not", error);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("one of --schema", "grammar-check", "--lines", "x")]
    [InlineData("one of --schema", "grammar-check", "--lines", "x", "--regex", "a", "--gbnf", "y")]
    [InlineData("qwen3-coder", "parse-output", "--format", "qwen", "--file", "x")]
    [InlineData("--chunk", "parse-output", "--format", "hermes", "--file", "x", "--chunk", "-1")]
    [InlineData("one of --text", "tokenize", "exo-demo")]
    [InlineData("--text", "tokenize", "exo-demo", "--text", "a", "--file", "b")]
    [InlineData("--tensor", "dequantize", "exo-demo", "--out", "x")]
    [InlineData("Q4_K", "dequantize", "--type", "Q9_Z", "--blocks", "x", "--out", "y")]
    [InlineData("1,15043", "logits", "exo-demo", "--tokens", "1,x", "--out", "y")]
    [InlineData("rising numbers from 0 to 8", "logits", "exo-demo", "--tokens", "1", "--out", "y", "--cut", "2,9")]
    [InlineData("rising numbers from 0 to 8", "generate", "exo-demo", "--tokens", "1", "--cut", "5,5")]
    [InlineData("judge", "logits", "exo-demo", "--tokens", "1", "--out", "y", "--kernels", "best")]
    [InlineData("--out is empty", "logits", "exo-demo", "--tokens", "1", "--out", "")]
    [InlineData("f16, bf16, q8 or f32", "logits", "exo-demo", "--tokens", "1", "--out", "y", "--kv-cache", "3")]
    [InlineData("temperature", "generate", "exo-demo", "--tokens", "1", "--temperature", "-1")]
    [InlineData("0.8", "generate", "exo-demo", "--tokens", "1", "--temperature", "0,8")]
    [InlineData("42=-100", "generate", "exo-demo", "--tokens", "1", "--logit-bias", "x")]
    [InlineData("--logprobs", "generate", "exo-demo", "--tokens", "1", "--logprobs", "-1")]
    [InlineData("one of --schema", "generate", "exo-demo", "--tokens", "1", "--regex", "a", "--gbnf", "b")]
    [InlineData("--count", "generate", "exo-demo", "--tokens", "1", "--count", "0")]
    [InlineData("2025-07-10T12:00:00", "render-template", "x", "--context", "y", "--now", "tomorrow")]
    public async Task A_wrong_argument_is_usage_and_names_the_remedy(string word, params string[] args)
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync(args);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(word, output + error);
        Assert.DoesNotContain("   at ", output + error);
    }

    [Theory]
    [InlineData("no-such-model", "inspect", "no-such-model")]
    [InlineData("no-such.gguf", "logits", "./no-such.gguf", "--tokens", "1", "--out", "y")]
    [InlineData("0 to 1023", "logits", "exo-demo", "--tokens", "1,1024", "--out", "y")]
    [InlineData("0 to 1023", "detokenize", "exo-demo", "--ids", "5000")]
    [InlineData("blk.0.attn_q.weight", "dequantize", "exo-demo", "--tensor", "blk.0.attn_q", "--out", "/dev/null")]
    [InlineData("no-such-file", "tokenize", "exo-demo", "--file", "no-such-file")]
    [InlineData("no-such-folder", "logits", "exo-demo", "--tokens", "1", "--out", "no-such-folder/y")]
    [InlineData("no-such.json", "render-template", "exo-demo", "--context", "no-such.json")]
    [InlineData("no-such-blocks", "dequantize", "--type", "Q4_K", "--blocks", "no-such-blocks", "--out", "y")]
    public async Task What_cannot_be_done_fails_with_a_reason_on_stderr(string word, params string[] args)
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync(args);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains(word, error);
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData("bad.gguf", "GGUF", "inspect")]
    [InlineData("bad.jsonl", "line 1", "tokenize", "exo-demo", "--lines")]
    [InlineData("bad.bin", "blocks", "dequantize", "--type", "Q4_K", "--out", "y", "--blocks")]
    [InlineData("bad.json", "no JSON", "render-template", "exo-demo", "--context")]
    public async Task A_file_of_another_kind_is_refused_by_what_it_should_be(string name, string word, params string[] args)
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync([.. args, Write(name, "This is prose.")]);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains(word, error);
        Assert.Empty(output);
    }

    [SkippableTheory]
    [InlineData("stories260K-F32.gguf")]
    [InlineData("stories260K-F16.gguf")]
    [InlineData("stories260K-BF16.gguf")]
    [InlineData("stories260K-Q8_0.gguf")]
    public async Task Generated_ids_are_those_of_the_reference(string file)
    {
        string folder = ReferenceData.Require("weights", "real");
        using JsonDocument index = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "index.json")));
        int[] expected = [.. index.RootElement.GetProperty("models")[0].GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())];

        using JsonDocument made = await JsonAsync("generate", Path.Combine(folder, file), "--tokens", "1", "--count", "64", "--json", "--cut", "2,5");

        Assert.Equal(expected.Skip(1), Ints(made));
    }

    [SkippableTheory]
    [InlineData("Q4_0")]
    [InlineData("Q6_K")]
    [InlineData("BF16")]
    public async Task Blocks_are_decoded_to_the_bits_of_the_reference(string type)
    {
        string folder = ReferenceData.Require("quant", "ggml");
        string output = Path.Combine(_folder, "blocks.f32");
        (int code, _, string error) = await ConsoleRun.RunAsync("dequantize", "--type", type, "--blocks", Path.Combine(folder, type + ".bin"), "--out", output);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, type + ".f32")), await File.ReadAllBytesAsync(output));
    }

    [SkippableFact]
    public async Task Real_templates_render_through_the_command_as_the_reference_does()
    {
        string folder = ReferenceData.Require("chat_templates");
        Dictionary<string, JsonElement> contexts = Read(Path.Combine(folder, "contexts.json")).EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        foreach (JsonElement entry in Read(Path.Combine(folder, "templates.json")).EnumerateArray().Take(8))
        {
            JsonElement wanted = Read(Path.Combine(folder, "cases", entry.GetProperty("name").GetString() + ".json")).EnumerateArray().First(c => c.TryGetProperty("expected", out _));
            JsonElement context = contexts[wanted.GetProperty("context").GetString()!];
            Dictionary<string, JsonElement> variables = context.EnumerateObject().Where(p => p.Name is not ("name" or "extra")).Concat(context.GetProperty("extra").EnumerateObject()).ToDictionary(p => p.Name, p => p.Value);
            variables["bos_token"] = entry.GetProperty("bos_token");
            variables["eos_token"] = entry.GetProperty("eos_token");
            string file = Write("context.json", JsonSerializer.Serialize(variables));

            (int code, string text, string error) = await ConsoleRun.RunAsync("render-template", Path.Combine(folder, entry.GetProperty("file").GetString()!), "--context", file, "--now", "2026-01-15T12:34:56");

            Assert.True(code == ExitCode.Ok, error);
            Assert.Equal(wanted.GetProperty("expected").GetString(), text);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<JsonDocument> JsonAsync(params string[] args)
    {
        (int code, string output, string error) = await ConsoleRun.RunAsync(args);
        Assert.True(code == ExitCode.Ok, error + output);
        return JsonDocument.Parse(output);
    }

    private static int[] Ints(JsonDocument document) => [.. document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

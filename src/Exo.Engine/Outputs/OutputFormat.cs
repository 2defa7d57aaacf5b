using System.Collections.Immutable;

namespace Exo.Engine.Outputs;

/// <summary>
/// A family's way of writing reasoning and tool calls. A model's is found by the markers in its chat template, which teaches the model to
/// write them (<see cref="Choose"/>).
/// </summary>
public sealed class OutputFormat
{
    private OutputFormat(string name, MarkerSet? markers) => (Name, Markers) = (name, markers);

    /// <summary>Text with reasoning between think tags at most.</summary>
    public static OutputFormat Plain { get; } = new("plain", CallFormats.Plain);

    /// <summary>All families.</summary>
    public static ImmutableArray<OutputFormat> All { get; } =
    [
        Plain,
        new("hermes", CallFormats.Hermes),
        new("qwen3-coder", CallFormats.Qwen3Coder),
        new("llama3-json", CallFormats.Llama3),
        new("llama3-builtin", CallFormats.Llama3),
        new("mistral", CallFormats.Mistral),
        new("mistral-args", CallFormats.Mistral),
        new("deepseek-v3", CallFormats.DeepSeekV3),
        new("deepseek-v3.1", CallFormats.DeepSeekV31),
        new("deepseek-v3.2", CallFormats.DeepSeekV32),
        new("harmony", markers: null),
        new("granite", CallFormats.Granite),
        new("command-r7b", CallFormats.CommandR7B),
        new("command-r-action", CallFormats.CommandRAction),
        new("glm4", CallFormats.Glm4),
        new("kimi-k2", CallFormats.Kimi),
        new("minimax-m2", CallFormats.MiniMaxM2),
        new("functionary-v3.1", CallFormats.Functionary),
        new("nemotron", CallFormats.Nemotron),
        new("seed-oss", CallFormats.SeedOss),
        new("apertus", CallFormats.Apertus),
        new("apriel", CallFormats.Apriel),
        new("firefunction", CallFormats.FireFunction),
        new("lfm2", CallFormats.Lfm2),
        new("minicpm3", CallFormats.MiniCpm3),
        new("gemma4", CallFormats.Gemma4),
        new("functionary-v3.2", CallFormats.FunctionaryV32),
        new("jamba", CallFormats.ToolCalls),
        new("minimax-m1", CallFormats.ToolCalls),
        new("gigachat", CallFormats.GigaChat),
        new("kimi-k3", CallFormats.KimiK3),
        new("hunyuan3", CallFormats.Hunyuan3),
        new("solar-open", CallFormats.SolarOpen),
        new("minicpm5", CallFormats.MiniCpm5),
        new("muse-glimmer", CallFormats.MuseGlimmer),
    ];

    /// <summary>The family's name: "hermes".</summary>
    public string Name { get; }

    /// <summary>Null for harmony, which consists of messages.</summary>
    internal MarkerSet? Markers { get; }

    /// <summary>The format with a name; null where there is none.</summary>
    /// <param name="name">As in <see cref="Name"/>.</param>
    public static OutputFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>
    /// The format of a model. The first rule that fits counts; each asks whether the template contains the texts on its left.
    /// </summary>
    /// <param name="template">Source of the chat template; null where the model has none.</param>
    /// <param name="architecture">Architecture, by its name in GGUF files; decides only where the template does not.</param>
    public static OutputFormat Choose(string? template, string architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        foreach ((string[] texts, string name) in s_rules)
        {
            if (template is not null && texts.All(text => template.Contains(text, StringComparison.Ordinal)))
            {
                return Find(name)!;
            }
        }

        return architecture == "gpt-oss" ? Find("harmony")! : Plain;
    }

    /// <summary>Whether a prompt ends with the marker that opens a block of reasoning, so that the output begins inside of one.</summary>
    /// <param name="prompt">The prompt as text, as the template wrote it.</param>
    public bool OpensReasoning(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Markers is { } markers && Spaces.TrimEnd(prompt).EndsWith(markers.Reasoning.Open, StringComparison.Ordinal);
    }

    // Rarer texts first: several templates explain more than one form, and speak of the common one in passing.
    private static readonly (string[] Texts, string Name)[] s_rules =
    [
        (["<|channel|>"], "harmony"),
        (["｜DSML｜"], "deepseek-v3.2"),
        (["<｜tool▁calls▁begin｜>", "```json"], "deepseek-v3"),
        (["<｜tool▁calls▁begin｜>"], "deepseek-v3.1"),
        (["<|tool_calls_section_begin|>"], "kimi-k2"),
        (["<minimax:tool_call>"], "minimax-m2"),
        (["<|START_ACTION|>"], "command-r7b"),
        (["<seed:tool_call>"], "seed-oss"),
        (["<|tools_prefix|>"], "apertus"),
        (["<tool_calls>", "[BEGIN FINAL RESPONSE]"], "apriel"),
        (["functools["], "firefunction"),
        (["<function=", "<parameter="], "qwen3-coder"),
        (["<arg_key>"], "glm4"),
        (["<TOOLCALL>"], "nemotron"),
        (["[TOOL_CALLS]", "[ARGS]"], "mistral-args"),
        (["[TOOL_CALLS]"], "mistral"),
        (["<|tool_call|>"], "granite"),
        (["<function="], "functionary-v3.1"),
        (["<tool_call>"], "hermes"),
        (["Action:", "```json"], "command-r-action"),
        (["<|python_tag|>"], "llama3-json"),
        (["{\"name\": function name, \"parameters\":"], "llama3-json"),
        (["<|tool_call_start|>", "```python"], "minicpm3"),
        (["<|tool_list_start|>"], "lfm2"),
        (["List of tools: [", "<|im_start|>"], "lfm2"),
        (["<|tool_call>call:"], "gemma4"),
        ([">>>all", ">>>${recipient}"], "functionary-v3.2"),
        (["<tool_calls>", "<beginning_of_sentence>"], "minimax-m1"),
        (["<tool_calls>"], "jamba"),
        (["<|message_sep|>"], "gigachat"),
        (["<|open|>", "<|close|>", "<|sep|>"], "kimi-k3"),
        (["<tool_calls{}>", ":opensource"], "hunyuan3"),
        (["<|tool_call:begin|>"], "solar-open"),
        (["<function name=\"", "<param name=\""], "minicpm5"),
        (["<atem:function_calls>"], "muse-glimmer"),
    ];
}

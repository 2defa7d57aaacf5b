using System.Text;
using System.Text.Json;
using static Exo.Engine.Outputs.CallPatterns;

namespace Exo.Engine.Outputs;

/// <summary>How each family writes its calls, from the families' own published templates.</summary>
internal static class CallFormats
{
    /// <summary>Nothing but reasoning.</summary>
    public static MarkerSet Plain { get; } = new();

    /// <summary>&lt;tool_call&gt;{"name", "arguments"}&lt;/tool_call&gt;: Hermes, Qwen 2.5 and 3.</summary>
    public static MarkerSet Hermes { get; } = new() { Calls = [("<tool_call>", Closed("</tool_call>"))] };

    public static MarkerSet Nemotron { get; } = new() { Calls = [("<TOOLCALL>", Closed("</TOOLCALL>"))] };

    public static MarkerSet Granite { get; } = new()
    {
        Removed = ["<response>", "</response>"],
        Calls = [("<|tool_call|>", Listed()), ("<tool_call>", Listed())],
    };

    /// <summary>A list of calls, or name[ARGS]{…} once for each.</summary>
    public static MarkerSet Mistral { get; } = new()
    {
        Reasoning = ("[THINK]", "[/THINK]"),
        Calls = [("[TOOL_CALLS]", Sequence(Space, Choice(("[", Sequence(Back, Listed()), true), ("", Sequence(Name("[ARGS]"), Space, Json, Do(GiveMistral)), true))))],
    };

    public static MarkerSet CommandR7B { get; } = new()
    {
        Reasoning = ("<|START_THINKING|>", "<|END_THINKING|>"),
        Removed = ["<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"],
        Calls = [("<|START_ACTION|>", Closed("<|END_ACTION|>"))],
    };

    public static MarkerSet CommandRAction { get; } = new() { Calls = [("Action:", Sequence(Space, Literal("```json"), Closed("```")))] };

    public static MarkerSet Functionary { get; } = new() { Calls = [("<function=", Sequence(Name(">"), Space, Json, Space, Literal("</function>"), Do(Named)))] };

    public static MarkerSet DeepSeekV3 { get; } = DeepSeek(Sequence(Until("<｜tool▁sep｜>", static (_, _) => { }, isName: true), Name("\n```json"), Space, Json, Space, Literal("```")));

    public static MarkerSet DeepSeekV31 { get; } = DeepSeek(Sequence(Name("<｜tool▁sep｜>"), Space, Json));

    /// <summary>Tags of the token ｜DSML｜, which tell of each argument whether it is text. V4 has another name for the block.</summary>
    public static MarkerSet DeepSeekV32 { get; } = new()
    {
        CallsEndReasoning = true,
        Calls = [("<｜DSML｜function_calls>", Invocations("｜DSML｜", "</｜DSML｜function_calls>")), ("<｜DSML｜tool_calls>", Invocations("｜DSML｜", "</｜DSML｜tool_calls>"))],
    };

    public static MarkerSet Kimi { get; } = new()
    {
        CallsEndReasoning = true,
        Calls =
        [
            ("<|tool_calls_section_begin|>", Loop(
                ("<|tool_call_begin|>", Sequence(Name("<|tool_call_argument_begin|>"), Space, Json, Space, Literal("<|tool_call_end|>"), Do(GiveKimi)), false),
                ("<|tool_calls_section_end|>", Nothing, true))),

            // The model forgets the markers around its calls at times.
            ("<|tool_call_begin|>", Sequence(Name("<|tool_call_argument_begin|>"), Space, Json, Do(GiveKimi), Space, Choice(("<|tool_call_end|>", Nothing, true), ("", Nothing, true)))),
        ],
    };

    public static MarkerSet Qwen3Coder { get; } = new()
    {
        CallsEndReasoning = true,
        Calls =
        [
            ("<tool_call>", Sequence(Space, Literal("<function="), Function, Space, Literal("</tool_call>"), Do(Fields))),

            // The model forgets the first tag at times.
            ("<function=", Sequence(Function, Do(Fields), Space, Choice(("</tool_call>", Nothing, true), ("", Nothing, true)))),
        ],
    };

    /// <summary>As Qwen 3 Coder, with markers of its own.</summary>
    public static MarkerSet SeedOss { get; } = new()
    {
        Reasoning = ("<seed:think>", "</seed:think>"),
        Calls = [("<seed:tool_call>", Sequence(Space, Literal("<function="), Function, Space, Literal("</seed:tool_call>"), Do(Fields)))],
    };

    /// <summary>A list of objects whose only key is the tool's name: [{"get_weather": {…}}].</summary>
    public static MarkerSet Apertus { get; } = new()
    {
        Reasoning = ("<|inner_prefix|>", "<|inner_suffix|>"),
        Calls = [("<|tools_prefix|>", Sequence(Space, Json, Space, Literal("<|tools_suffix|>"), Do(static cursor => cursor.GiveKeyed())))],
    };

    public static MarkerSet Apriel { get; } = new()
    {
        Reasoning = ("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
        Removed = ["[END FINAL RESPONSE]"],
        Calls = [("<tool_calls>", Closed("</tool_calls>"))],
    };

    public static MarkerSet FireFunction { get; } = new() { Calls = [("functools[", Sequence(Back, Listed()))] };

    public static MarkerSet Glm4 { get; } = new()
    {
        Calls =
        [
            ("<tool_call>", Sequence(
                Name("<"),
                Back,
                Loop(("<arg_key>", Sequence(Key("</arg_key>"), Space, Literal("<arg_value>"), Value("</arg_value>")), false), ("</tool_call>", Nothing, true)),
                Do(Fields))),
        ],
    };

    public static MarkerSet MiniMaxM2 { get; } = new() { Calls = [("<minimax:tool_call>", Invocations("", "</minimax:tool_call>"))] };

    /// <summary>A Python list of calls, [f(a=1), g(b='x')], or of JSON.</summary>
    public static MarkerSet Lfm2 { get; } = new()
    {
        Calls =
        [
            ("<|tool_call_start|>", Sequence(
                Space,
                Choice(
                    ("[{", Sequence(Back, Back, Json, Do(Spelled)), true),
                    ("[", Sequence(Python, Loop((",", Python, false), ("]", Nothing, true))), true)),
                Space,
                Literal("<|tool_call_end|>"))),
        ],
    };

    /// <summary>Python calls in a fenced block.</summary>
    public static MarkerSet MiniCpm3 { get; } = new()
    {
        Reasoning = ("<|thought_start|>", "<|thought_end|>"),
        Calls = [("<|tool_call_start|>", Sequence(Space, Literal("```python"), Loop(("```", Nothing, true), ("", Python, false)), Space, Literal("<|tool_call_end|>")))],
    };

    /// <summary>Literals of its own. Empty thoughts come anywhere.</summary>
    public static MarkerSet Gemma4 { get; } = new()
    {
        Reasoning = ("<|channel>thought", "<channel|>"),
        ReasoningAnywhere = true,
        Removed = ["<|channel>", "<channel|>"],
        Calls = [("<|tool_call>", Sequence(Space, Literal("call:"), Name("{"), Back, Literals("<|\"|>"), Space, Literal("<tool_call|>"), Do(Named)))],
    };

    /// <summary>Messages to recipients, of which all is the user. The prompt ends with the marker of the first one.</summary>
    public static MarkerSet FunctionaryV32 { get; } = new()
    {
        Start = Sequence(Space, Choice((">>>", Recipient(), true), ("", Recipient(), true))),
        Calls = [(">>>", Recipient())],
    };

    /// <summary>A list of calls (Jamba), or one in each line (MiniMax M1).</summary>
    public static MarkerSet ToolCalls { get; } = new()
    {
        Calls = [("<tool_calls>", Loop(("[", Sequence(Back, Listed()), false), ("{", Sequence(Back, Listed()), false), ("</tool_calls>", Nothing, true)))],
    };

    /// <summary>A message of the role "function call" (3), or a marker for it (3.1).</summary>
    public static MarkerSet GigaChat { get; } = new() { Calls = [("<|message_sep|>\n\nfunction call<|role_sep|>\n", Listed()), ("<|function_call|>", Listed())] };

    /// <summary>Tags with attributes; a text with tags in it is wrapped once more.</summary>
    public static MarkerSet MiniCpm5 { get; } = new()
    {
        Calls =
        [
            ("<function name=\"", Sequence(
                Name("\">"),
                Loop(
                    ("<param name=\"", Sequence(Key("\">"), Choice(("<![CDATA[", Value("]]></param>"), true), ("", Value("</param>"), true))), false),
                    ("</function>", Nothing, true)),
                Do(Fields))),
        ],
    };

    /// <summary>As GLM 4, with a marker behind the name and one around all calls; each tag has a suffix.</summary>
    public static MarkerSet Hunyuan3 { get; } = new()
    {
        Reasoning = ("<think:opensource>", "</think:opensource>"),
        Calls =
        [
            ("<tool_calls:opensource>", Loop(
                ("<tool_call:opensource>", Sequence(
                    Name("<tool_sep:opensource>"),
                    Loop(
                        ("<arg_key:opensource>", Sequence(Key("</arg_key:opensource>"), Space, Literal("<arg_value:opensource>"), Value("</arg_value:opensource>")), false),
                        ("</tool_call:opensource>", Nothing, true)),
                    Do(Fields)), false),
                ("</tool_calls:opensource>", Nothing, true))),
        ],
    };

    public static MarkerSet SolarOpen { get; } = new()
    {
        Reasoning = ("<|think|>", "<|end|>"),
        ReasoningAnywhere = true,
        Removed = ["<|begin|>assistant", "<|content|>", "<|end|>"],
        Calls =
        [
            ("<|tool_calls|>", Loop(
                ("<|tool_call:begin|>", Sequence(Name("<|tool_call:name|>"), Name("<|tool_call:args|>"), Space, Json, Space, Literal("<|tool_call:end|>"), Do(Named)), false),
                ("<|calls|>", Nothing, true))),
        ],
    };

    /// <summary>Tags that tell the type of each argument; the answer has one too.</summary>
    public static MarkerSet KimiK3 { get; } = new()
    {
        Reasoning = ("<|open|>think<|sep|>", "<|close|>think<|sep|>"),
        Removed = ["<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>"],
        Calls =
        [
            ("<|open|>tools<|sep|>", Loop(
                ("<|open|>call tool=\"", Sequence(
                    Name("\""),
                    Until("<|sep|>", static (_, _) => { }, isName: true),
                    Loop(
                        ("<|open|>argument key=\"", Sequence(
                            Key("\" type=\""),
                            Choice(("string\"<|sep|>", KeyIsText(true), true), ("", Sequence(Until("\"<|sep|>", static (_, _) => { }, isName: true), KeyIsText(false)), true)),
                            Value("<|close|>argument<|sep|>")), false),
                        ("<|close|>call<|sep|>", Do(Fields), true),
                        ("<|open|>json type=\"object\"<|sep|>", Sequence(Space, Json, Space, Literal("<|close|>json<|sep|>"), Space, Literal("<|close|>call<|sep|>"), Do(Named)), true))), false),
                ("<|close|>tools<|sep|>", Nothing, true))),
        ],
    };

    /// <summary>Messages to the user, to the model itself (reasoning) and to tools, whose message holds the call in tags.</summary>
    public static MarkerSet MuseGlimmer { get; } = new()
    {
        Reasoning = (" to=self<|message|>", "<|eom|>"),
        ReasoningAnywhere = true,
        Removed = [" to=user<|message|>", "<|start|>assistant", "<|eom|>", "<|eot|>"],
        Calls = [(" to=", Sequence(Word, Literal("<|message|>"), Space, Literal("<atem:function_calls>"), Invocations("atem:", "</atem:function_calls>")))],
    };

    /// <summary>Bare JSON, JSON behind a tag, a built-in tool behind it, or code: what a Llama 3 writes depends on the prompt.</summary>
    public static MarkerSet Llama3 { get; } = new()
    {
        Bare = SpelledOnes(offeredOnly: true),
        Calls = [("<|python_tag|>", Sequence(Space, Choice(("{", Sequence(Back, SpelledOnes(offeredOnly: false)), true), ("", Rest(static (cursor, text) => cursor.Failed = !GiveBuiltIn(cursor, text)), true))))],
    };

    private static MarkerSet DeepSeek(CallPattern call) => new()
    {
        Calls =
        [
            ("<｜tool▁calls▁begin｜>", Loop(
                ("<｜tool▁call▁begin｜>", Sequence(call, Space, Literal("<｜tool▁call▁end｜>"), Do(Named)), false),
                ("<｜tool▁calls▁end｜>", Nothing, true))),
        ],
    };

    /// <summary>Tags for calls and arguments until a marker.</summary>
    private static CallPattern Invocations(string prefix, string end) => Loop(
        ($"<{prefix}invoke name=\"", Sequence(
            Name("\">"),
            Loop(
                ($"<{prefix}parameter name=\"", Sequence(
                    Key("\""),
                    Choice((" string=\"true\">", KeyIsText(true), true), (" string=\"false\">", KeyIsText(false), true), (">", Nothing, true)),
                    Value($"</{prefix}parameter>")), false),
                ($"</{prefix}invoke>", Nothing, true)),
            Do(Fields)), false),
        (end, Nothing, true));

    private static CallPattern Closed(string marker) => Sequence(Space, Json, Space, Literal(marker), Do(Spelled));

    /// <summary>NAME&gt;&lt;parameter=KEY&gt;TEXT&lt;/parameter&gt;…&lt;/function&gt;</summary>
    private static IEnumerable<bool> Function(CallCursor cursor) => Sequence(
        Name(">"),
        Loop(("<parameter=", Sequence(Key(">"), Value("</parameter>"), Do(Unwrap)), false), ("</function>", Nothing, true)))(cursor);

    private static CallPattern Listed() => Sequence(Space, Json, Do(Spelled));

    /// <summary>name(key=value, …)</summary>
    private static IEnumerable<bool> Python(CallCursor cursor) => Sequence(Space, Name("("), Back, Literals(), Do(Named))(cursor);

    private static CallPattern Recipient() => Choice(
        ("all\n", Nothing, true),
        ("", Sequence(Name("\n"), Space, Json, Do(static cursor => cursor.Tools.Has(cursor.Name) && cursor.GiveNamed())), true));

    private static CallPattern SpelledOnes(bool offeredOnly)
    {
        CallPattern one = Sequence(Space, Json, Do(cursor => cursor.GiveSpelled(offeredOnly)));
        return Sequence(one, Loop((";", one, false)));
    }

    private static bool Spelled(CallCursor cursor) => cursor.GiveSpelled(offeredOnly: false);

    private static bool Named(CallCursor cursor) => cursor.GiveNamed();

    private static bool Fields(CallCursor cursor) => cursor.GiveFields();

    /// <summary>name[CALL_ID]id</summary>
    private static bool GiveMistral(CallCursor cursor)
    {
        cursor.Name = cursor.Name.Split("[CALL_ID]")[0];
        return cursor.GiveNamed();
    }

    /// <summary>functions.name:0</summary>
    private static bool GiveKimi(CallCursor cursor)
    {
        string name = cursor.Name.Trim();
        name = name.StartsWith("functions.", StringComparison.Ordinal) ? name["functions.".Length..] : name;
        int colon = name.LastIndexOf(':');
        cursor.Name = colon > 0 && name.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9') == false ? name[..colon] : name;
        return cursor.GiveNamed();
    }

    /// <summary>The line ends beside the tags are the format's, all others the value's.</summary>
    private static bool Unwrap(CallCursor cursor)
    {
        ArgumentField field = cursor.Fields[^1];
        string text = field.Text.StartsWith('\n') ? field.Text[1..] : field.Text;
        cursor.Fields[^1] = field with { Text = text.EndsWith('\n') ? text[..^1] : text };
        return true;
    }

    /// <summary>name.call(key="value", …), or code for the interpreter.</summary>
    private static bool GiveBuiltIn(CallCursor cursor, string text)
    {
        string code = text.Trim(' ', '\t', '\r', '\n');
        if (code.Length == 0)
        {
            return false;
        }

        int at = code.IndexOf(".call(", StringComparison.Ordinal);
        if (at > 0 && code.EndsWith(')') && code.AsSpan(0, at).IndexOfAnyExcept(s_nameCharacters) < 0 && BuiltInArguments(code[(at + 6)..^1]) is { } arguments)
        {
            cursor.Give(code[..at], arguments);
            return true;
        }

        cursor.Give("code_interpreter", cursor.Tools.Object("code_interpreter", [new ArgumentField("code", code, IsText: true)]));
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> s_nameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>The JSON object of key=value pairs with JSON values; null where it is none.</summary>
    private static string? BuiltInArguments(string text)
    {
        StringBuilder json = new("{");
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            int equals = rest.IndexOf('=');
            if (equals <= 0 || rest[..equals].Trim().IndexOfAnyExcept(s_nameCharacters) >= 0)
            {
                return null;
            }

            string key = rest[..equals].Trim().ToString();
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(rest[(equals + 1)..].ToString() + " "), isFinalBlock: false, default);
            if (!TrySkip(ref reader))
            {
                return null;
            }

            int characters = Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(rest[(equals + 1)..].ToString()).AsSpan(0, (int)reader.BytesConsumed));
            json.Append(json.Length > 1 ? ", " : "").Append('"').Append(key).Append("\": ").Append(rest.Slice(equals + 1, characters).Trim());
            rest = rest[(equals + 1 + characters)..].TrimStart();
            if (!rest.IsEmpty && rest[0] != ',')
            {
                return null;
            }

            rest = rest.IsEmpty ? rest : rest[1..].TrimStart();
        }

        return json.Append('}').ToString();
    }

    private static bool TrySkip(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Formats;
using Exo.Testing;

namespace Exo.Engine.Tests.Chat;

public sealed class TemplateLimitTests
{
    public static TheoryData<string> Bombs { get; } =
    [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(l=[1, 2]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ [1] * 10000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ 'x' | indent(1000000000, true) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set x = 'aaaaaaaaaaaaaaaa' %}{% for i in range(20) %}{% set ns = namespace() %}{% for j in range(9) %}{% set ns.x = (ns.x or x).replace('a', 'aaaaaaaaaaaaaaaa') %}{% endfor %}{% endfor %}",
        "{% for x in [[]] recursive %}{{ loop([[]]) }}{% endfor %}",
        "{% set a = namespace(x=(1,)) %}{% set b = namespace(x=(1,)) %}{% for i in range(60) %}{% set a.x = (a.x, a.x) %}{% set b.x = (b.x, b.x) %}{% endfor %}{{ a.x == b.x }}",
        "{% set a = namespace(x=(1,)) %}{% for i in range(60) %}{% set a.x = (a.x, a.x) %}{% endfor %}{{ {a.x: 1} }}",
        "{% set text = 'a' * 4000000 %}{% for i in range(90000) %}{% set x = text.find('b') %}{% endfor %}",
        "{% set items = range(90000) | list %}{% for i in items %}{% set x = items | max %}{% endfor %}",
    ];

    public static TheoryData<string, string> Faults { get; } = new()
    {
        { "{% include 'x' %}", "include" },
        { "{% import 'x' as y %}", "import" },
        { "{% extends 'x' %}", "extends" },
        { "{% nosuch %}", "nosuch" },
        { "a\nb {% if x %}", "line 2" },
        { "{{ 1 + }}", "column 8" },
        { "{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}", "limit" },
        { "{{ " + new string('-', 5000) + "1 }}", "limit" },
        { string.Concat(Enumerable.Repeat("{% if 1 %}", 5000)) + string.Concat(Enumerable.Repeat("{% endif %}", 5000)), "limit" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_template_that_grows_without_end_is_stopped_by_a_limit(string source)
    {
        ChatTemplateException failure = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source).Render(Hello()));

        Assert.Contains("limit", failure.Message, StringComparison.Ordinal);
        Assert.Contains("chat_template, line 1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_template_that_cannot_be_read_is_refused_with_place_and_reason(string source, string named)
    {
        ChatTemplateException failure = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ 'x'|upper", "|upper", " }}")]
    [InlineData("{{ 1", "-1", " }}")]
    public void A_long_chain_of_operators_renders_or_reaches_a_limit(string head, string link, string tail)
    {
        string source = head + string.Concat(Enumerable.Repeat(link, 50_000)) + tail;

        Exception? failure = Record.Exception(() => ChatTemplate.Parse(source).Render(Hello()));

        Assert.True(failure is null or ChatTemplateException, failure?.ToString());
    }

    [Fact]
    public void Given_a_template_that_refuses_When_it_renders_Then_the_message_is_its_own()
    {
        ChatTemplate template = ChatTemplate.Parse("{% if messages[0].role != 'user' %}{{ raise_exception('the user begins') }}{% endif %}ok");

        ChatTemplateException refusal = Assert.Throws<ChatTemplateException>(() => template.Render(Hello() with { Messages = [new ChatMessage("tool", "1")] }));

        Assert.True(refusal.IsRefusal);
        Assert.Equal("the user begins", refusal.Reason);
        Assert.Equal("ok", template.Render(Hello()));
    }

    [Fact]
    public void Given_a_message_with_tool_calls_When_it_renders_Then_the_template_sees_its_fields_in_order()
    {
        using JsonDocument json = JsonDocument.Parse("""{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":{"z":1,"a":2.0}}}]}""");
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}{{ m.content is none }} {{ m.tool_calls[0].function.arguments | tojson }}{% endfor %}");

        string text = template.Render(new ChatTemplateContext { Messages = [ChatMessage.FromJson(json.RootElement)] });

        Assert.Equal("True {\"z\": 1, \"a\": 2.0}", text);
    }

    [SkippableFact]
    public void Damaged_template_files_are_refused_by_name()
    {
        string folder = ReferenceData.Require("malformed");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        List<string> wrong = [];
        foreach (JsonElement c in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            string path = c.GetProperty("path").GetString()!;
            if (path.StartsWith("tok_config_template_", StringComparison.Ordinal))
            {
                string? message = MessageOf(Path.Combine(folder, path));
                bool allowed = message is null
                    ? c.TryGetProperty("also_allowed", out JsonElement also) && also.GetString() == "accept"
                    : c.GetProperty("names_any").EnumerateArray().Any(name => message.Contains(name.GetString()!, StringComparison.Ordinal));
                if (!allowed)
                {
                    wrong.Add($"{path}: {message ?? "accepted"}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string? MessageOf(string path)
    {
        try
        {
            ChatTemplate.Parse(FolderTemplate.FromConfig(path)!).Render(Hello());
            return null;
        }
        catch (ChatTemplateException failure)
        {
            return failure.Message;
        }
        catch (ModelFileException failure)
        {
            return failure.Message;
        }
    }

    private static ChatTemplateContext Hello() => new() { Messages = [new ChatMessage("user", "Hello!")] };
}

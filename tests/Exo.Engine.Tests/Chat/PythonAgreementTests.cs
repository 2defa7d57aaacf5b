using System.Text.Json;
using Exo.Engine.Chat;

namespace Exo.Engine.Tests.Chat;

/// <summary>What Python's Jinja prints, seen there; each line was once written differently here.</summary>
public sealed class PythonAgreementTests
{
    private const string Context = """{"n": null, "word": "schön🎉", "items": [{"v": 1}, {"v": 2}], "mapping": {"b": 1, "a": 2}}""";

    [Theory]
    [InlineData("{{ 1e22 * 1e16 }} {{ 1e16 / 1e22 }} {{ 5e-324 }}", "1e+38 1e-06 5e-324")]
    [InlineData("{{ 7.5 % -2 }} {{ 1.5 // 1e-5 }} {{ 0 / -3 }}", "-0.5 149999.0 -0.0")]
    [InlineData("{{ 10**20 / 3 }} {{ 10**20 + 0.5 }} {{ (2**63 - 1) / 1 }}", "3.333333333333333e+19 1e+20 9.223372036854776e+18")]
    [InlineData("{{ 7 | round }} {{ 17 | round(-1) }} {{ 2.675 | round(2) }} {{ 0.5 | round }} {{ 2.5 | round(none) }}", "7 20 2.67 0.0 2")]
    [InlineData("{{ '1_000' | float }} {{ '0x1f' | int(0, 0) }} {{ '-1.5' | int(0, 16) }}", "1000.0 31 -1")]
    [InlineData("{{ range(5)[1:] }} {{ range(10, 0, -3)[::-1] }} {{ range(3).stop }}", "range(1, 5) range(1, 13, 3) 3")]
    [InlineData("{{ 1.5 is odd }} {{ 3.0 is odd }} {{ 2.5 is divisibleby(2) }}", "False True False")]
    [InlineData("{{ '%x %X %o' % (-255, 255, 8) }} {{ '%c%c' % (65, 'b') }} {{ 'plain' % [] }}", "-ff FF 10 Ab plain")]
    [InlineData("{{ '{:,} {:,.2f} {:#x} {:b}'.format(1234567.5, 9876.543, 255, 5) }}", "1,234,567.5 9,876.54 0xff 101")]
    [InlineData("{{ [none, none] | sort }} {{ items | sort(attribute='absent') | length }}", "[None, None] 2")]
    [InlineData("{{ {10: 'x', 9: 'y'} | tojson(sort_keys=true) }}", """{"9": "y", "10": "x"}""")]
    [InlineData("{{ items | unique(attribute='absent') | list }}", "[{'v': 1}]")]
    [InlineData("{{ [1, 2, 3] | slice(3, '-') | list }}", "[[1, '-'], [2, '-'], [3, '-']]")]
    [InlineData("{{ {'a b': 'c d/e'} | urlencode }} {{ 'a b/c' | urlencode }}", "a+b=c+d%2Fe a%20b/c")]
    [InlineData("{{ [1, 2] | map('string') | reverse }}", "['2', '1']")]
    [InlineData("{{ word.replace('', '-') }} {{ 'abcabc'.count('b', 2) }}", "-s-c-h-ö-n-🎉- 1")]
    [InlineData("{{ 'a\tb'.expandtabs(4) }} {{ 'Ab Cd'.istitle() }} {{ 'a1_'.isidentifier() }} {{ 'a\n'.isprintable() }}", "a   b True True False")]
    [InlineData("{{ 'ŉﬃ' | upper }} {{ 'ΣΑΣ' | lower }} {{ 'Straße'.casefold() }}", "ʼNFFI σας strasse")]
    [InlineData("{% for i in [1, 2] %}{% continue %}{% else %}none{% endfor %}", "none")]
    [InlineData("{% for i in [1, 2] %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}", "12")]
    [InlineData("{{ mapping.keys() == {'a': 0, 'b': 0}.keys() }} {{ range(2) in mapping }}", "True False")]
    public void A_value_is_written_as_Python_writes_it(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ n[1:] }}")]
    [InlineData("{{ mapping[1:] }}")]
    [InlineData("{{ 5 | indent }}")]
    [InlineData("{{ n | truncate }}")]
    [InlineData("{{ '{:.2f}'.format('word') }}")]
    [InlineData("{{ '%c' % 'word' }}")]
    [InlineData("{{ 07 }}")]
    [InlineData("{{ n is none is none }}")]
    [InlineData("{% raw +%}{% endraw %}")]
    [InlineData("{{ [] | groupby }}")]
    [InlineData("{{ ['a', 'b'] | sum(start='') }}")]
    [InlineData("{{ 'size' | filesizeformat }}")]
    public void What_Python_refuses_is_refused(string template) => Assert.Throws<ChatTemplateException>(() => Render(template));

    [Fact]
    public void What_the_variables_leave_out_is_undefined()
    {
        string text = Render("{{ tools is defined }} {{ bos_token is defined }} {{ tools is not none }} {% for tool in tools %}{{ tool }}{% endfor %}");

        Assert.Equal("False False True ", text);
    }

    private static string Render(string template) =>
        ChatTemplate.Parse(template).Render(JsonDocument.Parse(Context).RootElement, new DateTimeOffset(2026, 1, 15, 12, 34, 56, TimeSpan.Zero));
}

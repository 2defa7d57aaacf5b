using System.Text;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>
/// What an output must be, compiled: a JSON schema, any JSON, a regular expression or a GBNF grammar. Size is limited when it is compiled, memory
/// while it is used. Thread-safe.
/// </summary>
public sealed class Grammar
{
    private const int LongestSource = 1 << 20;

    private readonly GrammarAutomaton _automaton;

    internal Grammar(GrammarRules rules, int root) => _automaton = new GrammarAutomaton(GrammarProgram.Build(rules, root));

    /// <summary>The state before the first byte.</summary>
    public GrammarState Start => _automaton.Start;

    internal GrammarState Dead => _automaton.Dead;

    /// <summary>Values that a JSON schema allows, members in the schema's order.</summary>
    /// <param name="schema">A schema of draft 2020-12.</param>
    /// <exception cref="GrammarException">It says something that cannot be enforced; the message names the keyword and where it stands.</exception>
    public static Grammar FromJsonSchema(JsonElement schema)
    {
        GrammarRules rules = new();
        int root = rules.Number("root");
        rules.Define(root, new SchemaReader(rules, schema).Read());
        return new Grammar(rules, root);
    }

    /// <summary>Any JSON object.</summary>
    public static Grammar FromJson()
    {
        GrammarRules rules = new();
        int root = rules.Number("root");
        rules.Define(root, JsonPatterns.AnyObject(rules));
        return new Grammar(rules, root);
    }

    /// <summary>Texts that a regular expression matches from beginning to end.</summary>
    /// <param name="pattern">ECMAScript's notation, without what looks around or back.</param>
    /// <exception cref="GrammarException">It is no regular expression, or one that cannot be enforced.</exception>
    public static Grammar FromRegex(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        RefuseLong(pattern, "regular expression");
        GrammarRules rules = new();
        int root = rules.Number("root");
        rules.Define(root, new RegexReader(pattern).Read(wholeText: true));
        return new Grammar(rules, root);
    }

    /// <summary>Texts of a grammar in GBNF, the notation of llama.cpp; the rule root is the whole text.</summary>
    /// <param name="source">The rules.</param>
    /// <exception cref="GrammarException">It is no grammar, or one that begins with itself; names line and column.</exception>
    public static Grammar FromGbnf(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RefuseLong(source, "grammar");
        GrammarRules rules = new();
        return new Grammar(rules, new GbnfReader(source, rules).Read());
    }

    /// <summary>Whether a whole text is one of the grammar's.</summary>
    /// <param name="text">The text.</param>
    public bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        GrammarState state = Start;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            state = state.Step(value);
        }

        return state.IsComplete;
    }

    /// <summary>The texts of a pattern without rules; null where there is none.</summary>
    internal static Grammar? OfText(GrammarPattern pattern)
    {
        GrammarRules rules = new();
        int root = rules.Number("root");
        rules.Define(root, pattern);
        try
        {
            return new Grammar(rules, root);
        }
        catch (GrammarException)
        {
            return null; // no text at all matches
        }
    }

    private static void RefuseLong(string source, string what)
    {
        if (source.Length > LongestSource)
        {
            throw new GrammarException($"The {what} has {source.Length} characters, above the limit of {LongestSource}: shorten it.");
        }
    }
}

using System.Text;
using System.Text.RegularExpressions;
using Exo.Engine.Tokens.Cutting;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The pre_tokenizer of a tokenizer.json, in steps.</summary>
internal sealed class FolderPreTokenizer
{
    // The patterns of the families in use, which have scanners.
    private static readonly Dictionary<string, PatternCut.Pattern> s_known = new(StringComparer.Ordinal)
    {
        [@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = WordPatterns.Gpt2,
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = WordPatterns.Llama3,
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = WordPatterns.Qwen2,
        [@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = WordPatterns.Gpt4o,
        [@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"] = WordPatterns.Tekken,
        [@"\p{N}{1,3}"] = WordPatterns.NumbersByThree,
        [@"\p{N}"] = WordPatterns.Number,
        [@"\p{N}+"] = WordPatterns.NumberRun,
        ["[一-龥぀-ゟ゠-ヿ]+"] = WordPatterns.HanAndKana,
        [@"[\r\n]"] = WordPatterns.LineBreak,
        [@"\s+$"] = WordPatterns.TrailingSpace,
        ["[0-9][0-9][0-9]"] = WordPatterns.ThreeDigits,
    };

    private readonly List<IWordStep> _steps = [];
    private readonly List<ICut> _cuts = [];

    public FolderPreTokenizer(TokenizerJson preTokenizer)
    {
        if (!preTokenizer.IsNull)
        {
            Add(preTokenizer);
        }

        EndCuts();
    }

    /// <summary>The last step spells words in the letters that stand for bytes.</summary>
    public bool EndsInLetters => _steps is [.., LettersStep];

    /// <summary>All steps, or those before a last one that spells bytes in letters, for a model that takes the bytes themselves.</summary>
    public WordSteps Steps(bool withLetters) => new([.. withLetters || !EndsInLetters ? _steps : _steps.SkipLast(1)]);

    /// <summary>The character that a Metaspace writes for a space.</summary>
    public static char Mark(TokenizerJson metaspace) =>
        (metaspace["replacement"].TextOrNull() ?? "▁") is [char mark] ? mark : throw metaspace["replacement"].Refuse("is not one character");

    /// <summary>Where a Metaspace puts a mark that the text does not have.</summary>
    public static SpacePrefix Prefix(TokenizerJson metaspace) => metaspace["prepend_scheme"].TextOrNull() switch
    {
        null => metaspace["add_prefix_space"].Flag(otherwise: true) ? SpacePrefix.Always : SpacePrefix.None,
        "always" => SpacePrefix.Always,
        "first" => SpacePrefix.First,
        "never" => SpacePrefix.None,
        string other => throw metaspace["prepend_scheme"].Refuse($"is \"{other}\"; always, first and never are known"),
    };

    /// <summary>Compiles a regular expression of the file.</summary>
    public static Regex Compile(TokenizerJson pattern)
    {
        try
        {
            return RegexCut.Compile(pattern.Text());
        }
        catch (ArgumentException failure)
        {
            throw pattern.Refuse($"is no regular expression that can be used ({failure.Message.TrimEnd('.')})");
        }
    }

    private void Add(TokenizerJson step)
    {
        switch (step.Type)
        {
            case "Sequence":
                foreach (TokenizerJson inner in step["pretokenizers"].Items())
                {
                    Add(inner);
                }

                break;
            case "ByteLevel":
                AddByteLevel(step);
                break;
            case "Split":
                AddSplit(step);
                break;
            case "Digits":
                _cuts.Add(new PatternCut(step["individual_digits"].Flag() ? WordPatterns.Number : WordPatterns.NumberRun));
                break;
            case "Punctuation":
                AddRegex(RegexCut.Compile(@"[\p{P}!-/:-@\[-`{-~]"), step, Behaviour(step), inverted: false);
                break;
            case "Whitespace":
                AddRegex(RegexCut.Compile(@"[\w\u200C\u200D]+|[^\w\u200C\u200D\s]+"), step, CutBehaviour.Removed, inverted: true);
                break;
            case "WhitespaceSplit":
                AddRegex(RegexCut.Compile(@"\s+"), step, CutBehaviour.Removed, inverted: false);
                break;
            case "Metaspace":
                AddStep(new MetaspaceStep(Mark(step), Prefix(step), step["split"].Flag(otherwise: true)));
                break;
            case "CharDelimiterSplit":
                Rune[] delimiter = [.. step["delimiter"].Text().EnumerateRunes()];
                _cuts.Add(new DelimiterCut(delimiter.Length == 1 ? delimiter[0].Value : throw step["delimiter"].Refuse("is not one character")));
                break;
            case "FixedLength":
                int length = step["length"].IsNull ? 5 : step["length"].Id(int.MaxValue);
                _cuts.Add(new LengthCut(length > 0 ? length : throw step["length"].Refuse("is 0; a word has one character or more")));
                break;
            case "UnicodeScripts":
                _cuts.Add(new ScriptCut());
                break;
            case "BertPreTokenizer":
                _cuts.Add(new BertCut());
                break;
            default:
                throw step.Refuse($"is a \"{step.Type}\", a way of cutting text that Exo does not know");
        }
    }

    private void AddByteLevel(TokenizerJson step)
    {
        if (step["add_prefix_space"].Flag(otherwise: true))
        {
            AddStep(new SpaceStep());
        }

        if (step["use_regex"].Flag(otherwise: true))
        {
            _cuts.Add(new PatternCut(WordPatterns.Gpt2));
        }

        AddStep(new LettersStep());
    }

    // Cuts that follow each other share the classes of the characters.
    private void EndCuts()
    {
        if (_cuts.Count > 0)
        {
            _steps.Add(new CutStep(new PreTokenizer([.. _cuts])));
            _cuts.Clear();
        }
    }

    private void AddStep(IWordStep step)
    {
        EndCuts();
        _steps.Add(step);
    }

    private void AddSplit(TokenizerJson step)
    {
        TokenizerJson pattern = step["pattern"];
        CutBehaviour behaviour = Behaviour(step);
        bool inverted = step["invert"].Flag();
        if (pattern["Regex"].IsNull)
        {
            string text = pattern["String"].Text();
            AddRegex(text.Length > 0 ? RegexCut.Compile(Regex.Escape(text)) : throw pattern.Refuse("is empty"), pattern, behaviour, inverted);
        }
        else if (s_known.TryGetValue(pattern["Regex"].Text(), out PatternCut.Pattern? known)
            && (behaviour == CutBehaviour.Isolated || (behaviour == CutBehaviour.Removed && inverted && pattern["Regex"].Text().EndsWith(@"|\s+", StringComparison.Ordinal))))
        {
            _cuts.Add(new PatternCut(known));
        }
        else
        {
            AddRegex(Compile(pattern["Regex"]), pattern, behaviour, inverted);
        }
    }

    private static CutBehaviour Behaviour(TokenizerJson step) => step["behavior"].TextOrNull() is not { } name ? CutBehaviour.Isolated
        : Enum.TryParse(name, out CutBehaviour behaviour) && Enum.IsDefined(behaviour) ? behaviour
        : throw step["behavior"].Refuse($"is \"{name}\", which Exo does not know");

    private void AddRegex(Regex regex, TokenizerJson where, CutBehaviour behaviour, bool inverted) => _cuts.Add(new RegexCut(regex, behaviour, inverted, where.File));
}

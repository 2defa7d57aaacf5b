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

    private readonly List<ICut> _steps = [];

    public FolderPreTokenizer(TokenizerJson preTokenizer)
    {
        if (!preTokenizer.IsNull)
        {
            Add(preTokenizer);
        }
    }

    /// <summary>Tokens are spelled in the letters that stand for bytes.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Spaces are written as U+2581.</summary>
    public bool EscapesSpaces { get; private set; }

    public SpacePrefix SpacePrefix { get; private set; }

    public PreTokenizer? Steps => _steps.Count == 0 ? null : new PreTokenizer(_steps);

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
                IsByteLevel = true;
                SpacePrefix = step["add_prefix_space"].Flag() ? SpacePrefix.Always : SpacePrefix;
                if (step["use_regex"].Flag(otherwise: true))
                {
                    _steps.Add(new PatternCut(WordPatterns.Gpt2));
                }

                break;
            case "Split":
                AddSplit(step);
                break;
            case "Digits":
                _steps.Add(new PatternCut(step["individual_digits"].Flag() ? WordPatterns.Number : WordPatterns.NumberRun));
                break;
            case "Punctuation":
                AddRegex(step, @"[\p{P}!-/:-@\[-`{-~]", Behaviour(step), inverted: false);
                break;
            case "Whitespace":
                AddRegex(step, @"\w+|[^\w\s]+", CutBehaviour.Removed, inverted: true);
                break;
            case "WhitespaceSplit":
                AddRegex(step, @"\s+", CutBehaviour.Removed, inverted: false);
                break;
            case "Metaspace":
                AddMetaspace(step);
                break;
            case "BertPreTokenizer":
                break;
            default:
                throw step.Refuse($"is a \"{step.Type}\", a way of cutting text that Exo does not know");
        }
    }

    private void AddMetaspace(TokenizerJson step)
    {
        if (step["replacement"].TextOrNull() is not (null or "▁"))
        {
            throw step["replacement"].Refuse("is not U+2581, the only one that Exo knows");
        }

        EscapesSpaces = true;
        SpacePrefix = step["prepend_scheme"].TextOrNull() switch
        {
            null => step["add_prefix_space"].Flag(otherwise: true) ? SpacePrefix.Always : SpacePrefix.None,
            "always" => SpacePrefix.Always,
            "first" => SpacePrefix.First,
            "never" => SpacePrefix.None,
            string other => throw step["prepend_scheme"].Refuse($"is \"{other}\"; always, first and never are known"),
        };
    }

    private void AddSplit(TokenizerJson step)
    {
        TokenizerJson pattern = step["pattern"];
        bool isText = pattern["Regex"].IsNull;
        string text = isText ? Regex.Escape(pattern["String"].Text()) : pattern["Regex"].Text();
        CutBehaviour behaviour = Behaviour(step);
        bool inverted = step["invert"].Flag();
        if (s_known.TryGetValue(text, out PatternCut.Pattern? known) && (behaviour == CutBehaviour.Isolated || (behaviour == CutBehaviour.Removed && inverted)))
        {
            _steps.Add(new PatternCut(known));
        }
        else
        {
            AddRegex(pattern, text, behaviour, inverted);
        }
    }

    private static CutBehaviour Behaviour(TokenizerJson step) => step["behavior"].TextOrNull() is not { } name ? CutBehaviour.Isolated
        : Enum.TryParse(name, out CutBehaviour behaviour) && Enum.IsDefined(behaviour) ? behaviour
        : throw step["behavior"].Refuse($"is \"{name}\", which Exo does not know");

    private void AddRegex(TokenizerJson where, string pattern, CutBehaviour behaviour, bool inverted)
    {
        try
        {
            _steps.Add(new RegexCut(RegexCut.Compile(pattern), behaviour, inverted, where.File));
        }
        catch (ArgumentException failure)
        {
            throw where.Refuse($"is no regular expression that can be used ({failure.Message.TrimEnd('.')})");
        }
    }
}

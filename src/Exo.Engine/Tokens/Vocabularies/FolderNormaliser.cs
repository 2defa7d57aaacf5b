using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Normalising;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The normalizer of a tokenizer.json, as one function.</summary>
internal sealed class FolderNormaliser
{
    private readonly List<Func<string, string>> _steps = [];
    private readonly TokenizerJson _root;

    public FolderNormaliser(TokenizerJson normaliser)
    {
        _root = normaliser;
        if (!normaliser.IsNull)
        {
            Add(normaliser);
        }
    }

    /// <summary>Null if nothing is to be done.</summary>
    public Func<string, string>? Function => _steps.Count == 0 ? null : Apply;

    private string Apply(string text)
    {
        long limit = 4096 + (32L * text.Length);
        foreach (Func<string, string> step in _steps)
        {
            text = step(text);
            if (text.Length > limit)
            {
                throw TooLong();
            }
        }

        return text;
    }

    private ModelFileException TooLong() => _root.Refuse("makes a text more than 32 times as long, which is the limit");

    private void Add(TokenizerJson step)
    {
        switch (step.Type)
        {
            case "Sequence":
                foreach (TokenizerJson inner in step["normalizers"].Items())
                {
                    Add(inner);
                }

                break;
            case "NFC":
                _steps.Add(CanonicalForm.Compose);
                break;
            case "NFD":
                _steps.Add(CanonicalForm.Decompose);
                break;
            case "NFKC":
                _steps.Add(CanonicalForm.ComposeCompatibly);
                break;
            case "NFKD":
                _steps.Add(CanonicalForm.DecomposeCompatibly);
                break;
            case "Nmt":
                _steps.Add(NmtNormaliser.Apply);
                break;
            case "ByteLevel":
                _steps.Add(LettersStep.Spell);
                break;
            case "Lowercase":
                _steps.Add(BertNormaliser.Lower);
                break;
            case "StripAccents":
                _steps.Add(BertNormaliser.WithoutMarks);
                break;
            case "Strip":
                _steps.Add(Strip(step["strip_left"].Flag(otherwise: true), step["strip_right"].Flag(otherwise: true)));
                break;
            case "Prepend":
                string prefix = step["prepend"].Text();
                _steps.Add(text => text.Length == 0 ? text : prefix + text);
                break;
            case "Replace":
                AddReplace(step);
                break;
            case "Precompiled":
                AddMap(step["precompiled_charsmap"]);
                break;
            case "BertNormalizer":
                AddBert(step);
                break;
            default:
                throw step.Refuse($"is a \"{step.Type}\", a normalizer that Exo does not know");
        }
    }

    private static Func<string, string> Strip(bool left, bool right) => (left, right) switch
    {
        (true, true) => text => text.Trim(),
        (true, false) => text => text.TrimStart(),
        (false, true) => text => text.TrimEnd(),
        _ => text => text,
    };

    private void AddReplace(TokenizerJson step)
    {
        string content = step["content"].Text();
        TokenizerJson pattern = step["pattern"];
        if (!pattern["Regex"].IsNull)
        {
            Regex regex = FolderPreTokenizer.Compile(pattern["Regex"]);
            _steps.Add(text => Replaced(regex, text, content));
            return;
        }

        string old = pattern["String"].Text();
        if (old.Length == 0)
        {
            throw pattern.Refuse("is empty");
        }

        _steps.Add(text => Replaced(text, old, content));
    }

    private string Replaced(string text, string old, string content)
    {
        long found = content.Length > old.Length ? text.Split(old).Length - 1 : 0;
        return text.Length + (found * (content.Length - old.Length)) <= 4096 + (32L * text.Length) ? text.Replace(old, content, StringComparison.Ordinal) : throw TooLong();
    }

    private string Replaced(Regex regex, string text, string content)
    {
        RuneText runes = new(text);
        StringBuilder replaced = new(text.Length);
        long limit = 4096 + (32L * text.Length);
        int at = 0;
        foreach ((int from, int to) in RegexCut.Matches(regex, runes.StandIns, () => _root.Refuse("has a regular expression that reached the time limit on this text")))
        {
            replaced.Append(text, at, runes.CharOf(from) - at).Append(content);
            at = runes.CharOf(to);
            if (replaced.Length > limit)
            {
                throw TooLong();
            }
        }

        return replaced.Append(text, at, text.Length - at).ToString();
    }

    private void AddMap(TokenizerJson map)
    {
        try
        {
            if (CharacterMap.Read(map.IsNull ? [] : map.Element.GetBytesFromBase64(), map.File) is { } characters)
            {
                _steps.Add(characters.Apply);
            }
        }
        catch (Exception failure) when (failure is FormatException or InvalidOperationException or JsonException)
        {
            throw map.Refuse("is no base64");
        }
    }

    private void AddBert(TokenizerJson step)
    {
        bool lowers = step["lowercase"].Flag(otherwise: true);
        _steps.Add(new BertNormaliser
        {
            Cleans = step["clean_text"].Flag(otherwise: true),
            SeparatesHan = step["handle_chinese_chars"].Flag(otherwise: true),
            StripsAccents = step["strip_accents"].Flag(otherwise: lowers),
            Lowers = lowers,
        }.Apply);
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Exo.Engine.Formats;
using Exo.Engine.Tokens.Cutting;
using Exo.Engine.Tokens.Normalising;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The normalizer of a tokenizer.json, as one function.</summary>
internal sealed class FolderNormaliser
{
    private const char Space = '▁';

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

    /// <summary>It writes spaces as U+2581, as SentencePiece does; the tokenizer does that itself.</summary>
    public bool EscapesSpaces { get; private set; }

    /// <summary>It puts a space before the text; the tokenizer does that itself.</summary>
    public bool PrependsSpace { get; private set; }

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
            case "Lowercase":
                _steps.Add(text => text.ToLowerInvariant());
                break;
            case "StripAccents":
                _steps.Add(BertNormaliser.WithoutAccents);
                break;
            case "Strip":
                _steps.Add(Strip(step["strip_left"].Flag(otherwise: true), step["strip_right"].Flag(otherwise: true)));
                break;
            case "Prepend":
                AddPrepend(step["prepend"].Text());
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

    private void AddPrepend(string prefix)
    {
        if (prefix == "▁")
        {
            PrependsSpace = true;
        }
        else
        {
            _steps.Add(text => text.Length == 0 ? text : prefix + text);
        }
    }

    private void AddReplace(TokenizerJson step)
    {
        string content = step["content"].Text();
        TokenizerJson pattern = step["pattern"];
        if (!pattern["Regex"].IsNull)
        {
            Regex regex = Compile(pattern["Regex"]);
            _steps.Add(text => Replaced(regex, text, content));
            return;
        }

        string old = pattern["String"].Text();
        if (old.Length == 0)
        {
            throw pattern.Refuse("is empty");
        }

        if (old == " " && content is [Space])
        {
            EscapesSpaces = true;
            return;
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
        try
        {
            return regex.Replace(text, _ => content);
        }
        catch (RegexMatchTimeoutException)
        {
            throw _root.Refuse("has a regular expression that reached the time limit on this text");
        }
    }

    private static Regex Compile(TokenizerJson pattern)
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

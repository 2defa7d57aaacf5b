using System.Text.RegularExpressions;
using Exo.Engine.Tokens.Cutting;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The decoder of a tokenizer.json.</summary>
internal sealed class FolderDecoder
{
    private readonly List<Func<string, bool, string>> _steps = [];
    private TokenDecoder _decoder = new();
    private bool _fused;

    private FolderDecoder()
    {
    }

    /// <summary>Null for none.</summary>
    public static TokenDecoder? Read(TokenizerJson decoder)
    {
        if (decoder.IsNull)
        {
            return null;
        }

        FolderDecoder reader = new();
        reader.Add(decoder);
        return reader._decoder with { Steps = reader._steps };
    }

    /// <summary>For files that name no decoder though their tokens need one: words that are tokens, and BPE whose tokens say where a word ends.</summary>
    public static TokenDecoder OfWords(string inside, string end)
    {
        FolderDecoder reader = new();
        if (end.Length > 0)
        {
            reader._steps.Add((token, _) => inside.Length > 0 && token.StartsWith(inside, StringComparison.Ordinal) ? token[inside.Length..] : token);
            reader.AddWordEnd(end);
        }
        else
        {
            reader.AddWordStart(inside);
        }

        return reader._decoder with { Steps = reader._steps };
    }

    private void Add(TokenizerJson step)
    {
        if (_fused && step.Type is not ("Strip" or "Fuse"))
        {
            throw step.Refuse($"is a \"{step.Type}\" behind a \"Fuse\", where Exo knows Strip alone");
        }

        switch (step.Type)
        {
            case "Sequence":
                foreach (TokenizerJson inner in step["decoders"].Items())
                {
                    Add(inner);
                }

                break;
            case "BPEDecoder":
                AddWordEnd(step["suffix"].Text() is { Length: > 0 } suffix ? suffix : throw step["suffix"].Refuse("is empty"));
                break;
            case "ByteLevel":
                _decoder = _decoder with { ReadsLetters = true };
                break;
            case "ByteFallback":
                _decoder = _decoder with { ReadsBytes = true };
                break;
            case "Fuse":
                _fused = true;
                break;
            case "Metaspace":
                AddMetaspace(step);
                break;
            case "Replace":
                AddReplace(step["pattern"], step["content"].Text());
                break;
            case "Strip":
                AddStrip(step);
                break;
            case "WordPiece":
                AddWordPiece(step);
                break;
            default:
                throw step.Refuse($"is a \"{step.Type}\", a decoder that Exo does not know");
        }
    }

    private void AddMetaspace(TokenizerJson step)
    {
        char mark = FolderPreTokenizer.Mark(step);
        _steps.Add((token, _) => token.Replace(mark, ' '));
        _decoder = _decoder with { StripsAtStart = FolderPreTokenizer.Prefix(step) == SpacePrefix.None ? 0 : 1 };
    }

    private void AddReplace(TokenizerJson pattern, string content)
    {
        if (!pattern["Regex"].IsNull)
        {
            Regex regex = FolderPreTokenizer.Compile(pattern["Regex"]);
            _steps.Add((token, _) => regex.Replace(token, _ => content));
            return;
        }

        string old = pattern["String"].Text();
        _steps.Add(old.Length > 0 ? (token, _) => token.Replace(old, content, StringComparison.Ordinal) : throw pattern.Refuse("is empty"));
    }

    private void AddStrip(TokenizerJson step)
    {
        if (!_fused)
        {
            throw step.Refuse("is a \"Strip\" without a \"Fuse\" before it, which Exo does not know");
        }

        _decoder = _decoder with
        {
            Strips = step["content"].Text() is [char content] ? content : throw step["content"].Refuse("is not one character"),
            StripsAtStart = step["start"].Id(int.MaxValue),
            StripsAtEnd = step["stop"].Id(int.MaxValue),
        };
    }

    private void AddWordPiece(TokenizerJson step)
    {
        AddWordStart(step["prefix"].TextOrNull() ?? "##");
        _decoder = _decoder with { TidiesMarks = step["cleanup"].Flag(otherwise: true) };
    }

    private void AddWordStart(string inside)
    {
        _steps.Add((token, _) => inside.Length > 0 && token.StartsWith(inside, StringComparison.Ordinal) ? token[inside.Length..] : " " + token);
        _decoder = _decoder with { StripsAtStart = 1 };
    }

    private void AddWordEnd(string end) => _steps.Add((token, isLast) => token.Replace(end, isLast ? "" : " ", StringComparison.Ordinal));
}

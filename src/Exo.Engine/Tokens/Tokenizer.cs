using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Tokens.Vocabularies;

namespace Exo.Engine.Tokens;

/// <summary>
/// Turns text into the token ids of one model and back. Immutable after construction: any number of threads may use it. Time grows with
/// the length of the text times its logarithm, whatever the text is.
/// </summary>
public abstract class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly AddedTokens _added;
    private readonly AddedTokens _addedNormalised;

    private protected Tokenizer(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _added = new AddedTokens(vocabulary, normalised: false);
        _addedNormalised = new AddedTokens(vocabulary, normalised: true);
        Ids = vocabulary.Index();
        EndOfGenerationIds = EndMarkers.Find(vocabulary, Ids).ToFrozenSet();
    }

    /// <summary>How it cuts text into tokens, in words: "byte-level BPE".</summary>
    public abstract string Algorithm { get; }

    /// <summary>Number of ids; they run from 0.</summary>
    public int VocabularySize => _vocabulary.Tokens.Length;

    /// <summary>The id that begins a sequence; null where the model has none.</summary>
    public int? BosId => _vocabulary.BosId;

    /// <summary>The id that ends a sequence; null where the model has none.</summary>
    public int? EosId => _vocabulary.EosId;

    /// <summary>Whether a whole prompt begins with <see cref="BosId"/>. A chat template that writes the token itself must not get it twice.</summary>
    public bool AddsBos => _vocabulary.AddsBos && BosId is not null;

    /// <summary>Whether a whole prompt ends with <see cref="EosId"/>.</summary>
    public bool AddsEos => _vocabulary.AddsEos && EosId is not null;

    /// <summary>Ids at which an answer is over: the end of the sequence, of the turn, of the message.</summary>
    public IReadOnlySet<int> EndOfGenerationIds { get; }

    /// <summary>What is odd about the tokenizer's file but does no harm; each a sentence that names the field.</summary>
    public ImmutableArray<string> Warnings => _vocabulary.Warnings;

    private protected Dictionary<string, int> Ids { get; }

    private protected Vocabulary Vocabulary => _vocabulary;

    /// <summary>Reads the tokenizer of a model.</summary>
    /// <param name="file">GGUF: the metadata under tokenizer.ggml; folder: tokenizer.json or tokenizer.model.</param>
    /// <exception cref="ModelFileException">There is none, or one of a kind that Exo does not read; the message says which.</exception>
    public static Tokenizer From(ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Metadata is { } metadata ? From(metadata)
            : FromFolder(file.Folder ?? throw new ModelFileException($"{file.Path}: the model is neither a GGUF file nor a folder, so it has no tokenizer. Choose another model."));
    }

    /// <summary>Reads the tokenizer from a folder of the Hugging Face form, which needs no weights.</summary>
    /// <param name="folder">It holds tokenizer.json or tokenizer.model, and if they exist tokenizer_config.json and generation_config.json.</param>
    /// <exception cref="ModelFileException">There is none, or one of a kind that Exo does not read; the message says which.</exception>
    public static Tokenizer FromFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Vocabulary vocabulary = FolderVocabulary.Read(Path.GetFullPath(folder), out string model);
        return Of(vocabulary, model)!;
    }

    /// <summary>Reads the tokenizer from the metadata of a GGUF file, which needs no tensors.</summary>
    /// <param name="metadata">The file's key-value table.</param>
    /// <exception cref="ModelFileException">There is none, or one of a kind that Exo does not read; the message says which.</exception>
    public static Tokenizer From(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Vocabulary vocabulary = GgufVocabulary.Read(metadata, out string model);
        return Of(vocabulary, model) ?? throw metadata.Refuse("tokenizer.ggml.model", $"is \"{model}\", which Exo does not read; it reads gpt2 (byte-level BPE), llama (SentencePiece), t5 (unigram) and bert (WordPiece). Choose another model.");
    }

    /// <summary>Token ids of a text, without those that begin and end a sequence.</summary>
    /// <param name="text">Any text; an unpaired surrogate counts as U+FFFD.</param>
    /// <param name="parseSpecial">
    /// True: the text of a control token (such as an end-of-turn marker) becomes that token. Use it for templates only, never for what a user typed.
    /// </param>
    public int[] Encode(string text, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Wellformed(text);
        List<int> ids = new((text.Length / 3) + 4);
        EncodeBetween(text, _added, parseSpecial, ids, (part, first) => EncodeBetween(
            _vocabulary.Normalise is { } normalise ? normalise(part) : part, _addedNormalised, parseSpecial, ids, (piece, leads) => EncodeText(piece, first && leads, ids)));
        return [.. ids];
    }

    /// <summary>Text of token ids. Bytes that are not UTF-8 become U+FFFD; ids outside of the vocabulary give nothing.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="showSpecial">Whether control tokens are written out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool showSpecial = false)
    {
        Detokenizer detokenizer = CreateDetokenizer(showSpecial);
        StringBuilder text = new();
        int last = ids.Length - 1;
        while (last >= 0 && !IsShown(ids[last], showSpecial))
        {
            last--;
        }

        for (int i = 0; i <= last; i++)
        {
            text.Append(detokenizer.Push(ids[i], isLast: i == last));
        }

        string whole = text.Append(detokenizer.Flush()).ToString();
        return _vocabulary.Decoder is { } decoder ? decoder.Clean(whole) : CleanDecoded(whole);
    }

    /// <summary>Decodes one answer, id by id.</summary>
    /// <param name="showSpecial">Whether control tokens are written out.</param>
    public Detokenizer CreateDetokenizer(bool showSpecial = false) => new(this, showSpecial);

    /// <summary>The text of a token as stored, for a template's bos_token and eos_token.</summary>
    /// <param name="id">Token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside of the vocabulary.</exception>
    public string TokenText(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return _vocabulary.Tokens[id];
    }

    /// <summary>Appends the bytes that a token stands for.</summary>
    internal void AppendBytes(int id, bool showSpecial, List<byte> bytes, bool isLast = false)
    {
        if (!IsShown(id, showSpecial))
        {
            return;
        }

        TokenKind kind = _vocabulary.Kinds[id];
        if (_vocabulary.Decoder is { } decoder)
        {
            decoder.Append(_vocabulary.Tokens[id], kind, isLast, bytes);
        }
        else if (kind is TokenKind.Control or TokenKind.Unknown)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(_vocabulary.Tokens[id]));
        }
        else
        {
            AppendTokenBytes(id, kind, bytes);
        }
    }

    private bool IsShown(int id, bool showSpecial) => (uint)id < (uint)_vocabulary.Tokens.Length && _vocabulary.Kinds[id] switch
    {
        TokenKind.Control or TokenKind.Unknown => showSpecial,
        TokenKind.Unused => _vocabulary.Tokens[id].Length > 0,
        _ => true,
    };

    private protected abstract void EncodeText(string text, bool first, List<int> ids);

    private protected abstract void AppendTokenBytes(int id, TokenKind kind, List<byte> bytes);

    private protected virtual string CleanDecoded(string text) => text;

    private static void EncodeBetween(string text, AddedTokens added, bool parseSpecial, List<int> ids, Action<string, bool> encode)
    {
        int at = 0;
        while (at < text.Length)
        {
            (int start, int end, int id) = added.Next(text, at, parseSpecial);
            if (start > at)
            {
                encode(text[at..start], at == 0);
            }

            if (id >= 0)
            {
                ids.Add(id);
            }

            at = end;
        }
    }

    private static Tokenizer? Of(Vocabulary vocabulary, string model) => model switch
    {
        "gpt2" => new BytePairTokenizer(vocabulary),
        "bpe" => new CharacterPairTokenizer(vocabulary),
        "llama" => new SentencePieceTokenizer(vocabulary),
        "t5" => new UnigramTokenizer(vocabulary),
        "bert" => new WordPieceTokenizer(vocabulary),
        "words" => new WordLevelTokenizer(vocabulary),
        _ => null,
    };

    // A lone surrogate has no UTF-8 form; encoding and decoding replaces each by U+FFFD.
    private static string Wellformed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }
}

using Exo.Engine.Files;
using Exo.Engine.Tokens;

namespace Exo.Host.Generation;

/// <summary>Tokenizer and chat template of a model file.</summary>
internal sealed class ModelText : IModelText
{
    private readonly string _name;
    private readonly Tokenizer _tokenizer;
    private readonly bool _hasMarkup;

    private ModelText(string name, ModelFile file)
    {
        _name = name;
        _tokenizer = Tokenizer.From(file);
        _hasMarkup = ChatMarkup.IsUsedBy(file);
        ContextLength = file.Spec.ContextLength;
        VocabularySize = file.Spec.VocabularySize;
    }

    public int ContextLength { get; }

    public int VocabularySize { get; }

    public IReadOnlySet<int> EndIds => _tokenizer.EndOfGenerationIds;

    /// <summary>Reads what the text side needs; the file may be closed afterwards.</summary>
    public static ModelText From(string name, ModelFile file) => new(name, file);

    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages)
    {
        if (!_hasMarkup)
        {
            throw new ModelTextException($"{_name} has no chat template that Exo reads: ask it with /v1/completions, or take a model made for chat.");
        }

        int[] ids = Encode(messages);

        // Many templates write the beginning themselves; a second one would spoil the answer.
        return _tokenizer is { AddsBos: true, BosId: { } first } && (ids.Length == 0 || ids[0] != first) ? [first, .. ids] : ids;
    }

    public int[] EncodePrompt(string text)
    {
        int[] ids = _tokenizer.Encode(text, parseSpecial: false);
        return _tokenizer is { AddsBos: true, BosId: { } first } ? [first, .. ids] : ids;
    }

    /// <summary>
    /// Control tokens come from the template alone. Content that spells one is kept out of the rendering by a marker
    /// and encoded by itself as plain text, so that a user cannot end a turn by typing it.
    /// </summary>
    private int[] Encode(IReadOnlyList<ChatMessage> messages)
    {
        bool[] spellsControl = [.. messages.Select(message => !_tokenizer.Encode(message.Content, parseSpecial: true).AsSpan().SequenceEqual(_tokenizer.Encode(message.Content, parseSpecial: false)))];
        string text = ChatMarkup.Render(messages.Select((message, i) => spellsControl[i] ? message with { Content = Marker(i) } : message));
        List<int> ids = [];
        for (int i = 0; i < messages.Count; i++)
        {
            string marker = Marker(i);
            int at = spellsControl[i] ? text.IndexOf(marker, StringComparison.Ordinal) : -1;
            if (at >= 0)
            {
                ids.AddRange(_tokenizer.Encode(text[..at], parseSpecial: true));
                ids.AddRange(_tokenizer.Encode(messages[i].Content, parseSpecial: false));
                text = text[(at + marker.Length)..];
            }
        }

        ids.AddRange(_tokenizer.Encode(text, parseSpecial: true));
        return [.. ids];
    }

    /// <summary>Private-use characters: no template looks for them, none trims them.</summary>
    private static string Marker(int index) => $"\uE0F0{index}\uE0F1";

    public ITokenReader CreateReader() => new Reader(_tokenizer.CreateDetokenizer());

    private sealed class Reader(Detokenizer detokenizer) : ITokenReader
    {
        public string Push(int id) => detokenizer.Push(id);

        public string Flush() => detokenizer.Flush();
    }
}

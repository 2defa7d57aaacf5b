using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Engine.Tokens;

namespace Exo.Host.Generation;

/// <summary>Tokenizer and chat template of a model file.</summary>
internal sealed class ModelText : IModelText
{
    private readonly string _name;
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate? _template;
    private readonly string? _templateFault;

    private ModelText(string name, ModelFile file)
    {
        _name = name;
        _tokenizer = Tokenizer.From(file);
        try
        {
            _template = ChatTemplate.From(file);
        }
        catch (ChatTemplateException e)
        {
            // The model can still complete text; only a conversation is refused, with this reason.
            _templateFault = e.Message;
        }

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
        if (_template is null)
        {
            throw new ModelTextException(_templateFault is null
                ? $"{_name} has no chat template: ask it with /v1/completions, or take a model made for chat."
                : $"The chat template of {_name} cannot be read ({_templateFault}): ask it with /v1/completions, or mend the file.");
        }

        try
        {
            int[] ids = Encode(_template, messages);

            // Many templates write the beginning themselves; a second one would spoil the answer.
            return _tokenizer is { AddsBos: true, BosId: { } first } && (ids.Length == 0 || ids[0] != first) ? [first, .. ids] : ids;
        }
        catch (ChatTemplateException e)
        {
            throw new ModelTextException($"The chat template of {_name} refuses this conversation: {e.Message}", e);
        }
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
    private int[] Encode(ChatTemplate template, IReadOnlyList<ChatMessage> messages)
    {
        bool[] spellsControl = [.. messages.Select(message => !_tokenizer.Encode(message.Content, parseSpecial: true).AsSpan().SequenceEqual(_tokenizer.Encode(message.Content, parseSpecial: false)))];
        string text = template.Render(new ChatTemplateContext
        {
            Messages = [.. messages.Select((message, i) => spellsControl[i] ? message with { Content = Marker(i) } : message)],
            AddGenerationPrompt = true,
            BosToken = _tokenizer.BosId is { } bos ? _tokenizer.TokenText(bos) : "",
            EosToken = _tokenizer.EosId is { } eos ? _tokenizer.TokenText(eos) : "",
        });
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

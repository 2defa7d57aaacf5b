using Exo.Engine.Chat;

namespace Exo.Host.Generation;

/// <summary>A model's text side: from messages to token ids and back. Safe for concurrent use.</summary>
internal interface IModelText
{
    int ContextLength { get; }

    int VocabularySize { get; }

    /// <summary>Tokens that end an answer.</summary>
    IReadOnlySet<int> EndIds { get; }

    /// <summary>The prompt of a conversation by the model's template, up to where the assistant begins.</summary>
    /// <exception cref="ModelTextException">The template refuses the conversation, or there is none.</exception>
    int[] EncodeChat(IReadOnlyList<ChatMessage> messages);

    /// <summary>Plain text, with the tokens that the model wants at the beginning.</summary>
    int[] EncodePrompt(string text);

    ITokenReader CreateReader();
}

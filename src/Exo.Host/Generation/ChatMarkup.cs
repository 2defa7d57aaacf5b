using Exo.Engine.Files;

namespace Exo.Host.Generation;

/// <summary>The ChatML form of a conversation, for models whose template is that form.</summary>
internal static class ChatMarkup
{
    private const string TemplateKey = "tokenizer.chat_template";

    public static bool IsUsedBy(ModelFile file) =>
        file.Metadata?.GetString(TemplateKey) is { } template && template.Contains("<|im_start|>", StringComparison.Ordinal);

    public static string Render(IEnumerable<ChatMessage> messages) =>
        string.Concat(messages.Select(message => $"<|im_start|>{message.Role}\n{message.Content}<|im_end|>\n")) + "<|im_start|>assistant\n";
}

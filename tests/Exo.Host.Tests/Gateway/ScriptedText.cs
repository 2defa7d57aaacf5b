using Exo.Engine.Chat;
using Exo.Host.Generation;

namespace Exo.Host.Tests.Gateway;

/// <summary>A model whose tokens are characters and whose context holds 64 of them.</summary>
internal sealed class ScriptedText : IModelText, IModelCatalog
{
    public int ContextLength => 64;

    public int VocabularySize => 0x1_0000;

    public IReadOnlySet<int> EndIds { get; } = new HashSet<int> { 0 };

    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages) => EncodePrompt(string.Concat(messages.Select(message => $"<{message.Role}>{message.Content}")));

    public int[] EncodePrompt(string text) => [.. text.Select(c => (int)c)];

    public ITokenReader CreateReader() => new Reader();

    public ValueTask<IReadOnlyList<ModelListing>> ListAsync(CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<ModelListing>>([new ModelListing("other", DateTimeOffset.UnixEpoch), new ModelListing("toy", DateTimeOffset.UnixEpoch)]);

    public ValueTask<IModelText> OpenAsync(string name, CancellationToken ct) => ValueTask.FromResult<IModelText>(this);

    private sealed class Reader : ITokenReader
    {
        public string Push(int id) => ((char)id).ToString();

        public string Flush() => "";
    }
}

using System.Collections.Concurrent;
using Exo.Actors.Models;
using Exo.Engine.Files;
using Exo.Host.Generation;

namespace Exo.Host.Composition;

/// <summary>The models of this device's store, with their text sides kept once opened.</summary>
internal sealed class NodeCatalog : IModelCatalog
{
    /// <summary>The API wants a time; names are known since this process runs.</summary>
    private static readonly DateTimeOffset s_since = TimeProvider.System.GetUtcNow();

    private readonly ModelStore _store;
    private readonly ConcurrentDictionary<string, Lazy<IModelText>> _texts = new(StringComparer.Ordinal);

    public NodeCatalog(ModelStore store) => _store = store;

    public ValueTask<IReadOnlyList<ModelListing>> ListAsync(CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<ModelListing>>([.. _store.List().Select(name => new ModelListing(name, s_since))]);

    public ValueTask<IModelText> OpenAsync(string name, CancellationToken ct)
    {
        Lazy<IModelText> text = _texts.GetOrAdd(name, key => new Lazy<IModelText>(() => Read(key)));
        try
        {
            return ValueTask.FromResult(text.Value);
        }
        catch
        {
            // A file that was mended in the meantime is read again by the next request.
            _texts.TryRemove(new KeyValuePair<string, Lazy<IModelText>>(name, text));
            throw;
        }
    }

    private ModelText Read(string name)
    {
        ModelFile file = _store.Open(name);
        return ModelText.From(name, file);
    }
}

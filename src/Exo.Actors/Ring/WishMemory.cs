using System.Collections.Concurrent;

namespace Exo.Actors.Ring;

/// <summary>The wishes that a device knows. They outlive its keeper: a device that starts its actor system anew brings them along.</summary>
internal sealed class WishMemory
{
    private readonly ConcurrentDictionary<string, ModelWish> _wishes = new(StringComparer.Ordinal);

    public IEnumerable<ModelWish> All => _wishes.Values;

    public void Remember(ModelWish wish) => _wishes[wish.Model] = wish;
}

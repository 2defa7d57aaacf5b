using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>The extensions of a system: one instance per type, made once even when many ask at the same time.</summary>
internal sealed class Extensions(ExtendedActorSystem system)
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _instances = new();

    public object Get(IExtensionId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _instances.GetOrAdd(id.ExtensionType, static (_, arguments) => new Lazy<object>(
            () => arguments.id.CreateExtension(arguments.system) ?? throw new InvalidOperationException(
                $"The extension {arguments.id.ExtensionType} created null")), (id, system)).Value;
    }

    public bool TryGet(Type type, out object extension)
    {
        if (_instances.TryGetValue(type, out Lazy<object> lazy))
        {
            extension = lazy.Value;
            return true;
        }

        extension = null;
        return false;
    }
}

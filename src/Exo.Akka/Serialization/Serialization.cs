using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Event;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>The serializers of a system: which writes a type, and which reads a number.</summary>
public class Serialization
{
    [ThreadStatic]
    private static Information s_transport;

    private readonly ConcurrentDictionary<int, Serializer> _byId = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new();
    private readonly List<(Type Type, Serializer Serializer)> _bindings = [];
    private readonly ConcurrentDictionary<Type, Serializer> _byType = new();
    private readonly Lock _lock = new();

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        AddSerializer("null", new NullSerializer(system));
        AddSerializer("bytes", new ByteArraySerializer(system));
        AddSerializationMap(typeof(byte[]), _byName["bytes"]);
    }

    public ExtendedActorSystem System { get; }

    public static Information GetCurrentTransportInformation() => s_transport
        ?? throw new InvalidOperationException("No message is being written: transport information exists only within WithTransport");

    public static T WithTransport<T>(ActorSystem system, Address address, Func<T> action) => With(new Information(address, system), action);

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) => With(system.Provider.SerializationInformation, action);

    /// <summary>The path to write for a reference: with the address under which the reader reaches it.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (Equals(actorRef, ActorRefs.NoSender))
            return string.Empty;
        ActorPath path = actorRef.Path;
        if (actorRef is Nobody)
            return path.ToSerializationFormat();
        Information transport = s_transport;
        if (transport is not null)
            return path.ToSerializationFormatWithAddress(transport.Address);
        return actorRef is IInternalActorRef { Provider: { } provider }
            ? path.ToSerializationFormatWithAddress(provider.DefaultAddress)
            : path.ToSerializationFormat();
    }

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest byManifest => byManifest.Manifest(msg),
        { IncludeManifest: true } => msg?.GetType().AssemblyQualifiedName ?? string.Empty,
        _ => string.Empty,
    };

    public void AddSerializer(string name, Serializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        if (_byId.TryGetValue(serializer.Identifier, out Serializer known) && known.GetType() != serializer.GetType()
            && System.Settings.LogSerializerOverrideOnStart)
        {
            System.Log.Warning(
                "Serializers {0} and {1} have the same identifier {2}: the later one is used. Give each its own.",
                known.GetType(), serializer.GetType(), serializer.Identifier);
        }

        _byId[serializer.Identifier] = serializer;
        _byName[name] = serializer;
    }

    public void AddSerializer(Serializer serializer) => AddSerializer(serializer.GetType().FullName, serializer);

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        lock (_lock)
        {
            _bindings.RemoveAll(binding => binding.Type == type);
            _bindings.Add((type, serializer));
            _byType.Clear();
        }
    }

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null)
        => obj is null ? _byName["null"] : FindSerializerForType(obj.GetType(), defaultSerializerName);

    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null)
    {
        if (_byType.TryGetValue(objectType, out Serializer known))
            return known;
        Serializer found = FindBinding(objectType);
        if (found is null && defaultSerializerName is not null)
            _byName.TryGetValue(defaultSerializerName, out found);
        if (found is null)
        {
            throw new SerializationException(
                $"No serializer is bound to {objectType}: bind it in akka.actor.serialization-bindings or with WithCustomSerializer");
        }

        return _byType[objectType] = found;
    }

    public byte[] Serialize(object o) => WithTransport(System, () => FindSerializerFor(o).ToBinary(o));

    public object Deserialize(byte[] bytes, int serializerId, Type type)
        => WithTransport(System, () => Reader(serializerId, type?.FullName) is var reader && reader is SerializerWithStringManifest byManifest
            ? byManifest.FromBinary(bytes, string.Empty)
            : reader.FromBinary(bytes, type));

    /// <summary>A manifest is a word of its serializer's; it is never taken for the name of a type.</summary>
    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        Information outer = EnterTransport(System.Provider.SerializationInformation);
        try
        {
            return Reader(serializerId, manifest) switch
            {
                SerializerWithStringManifest byManifest => byManifest.FromBinary(bytes, manifest),
                { IncludeManifest: false } reader => reader.FromBinary(bytes, null),
                { } reader => throw new SerializationException(
                    $"Serializer {serializerId} ({reader.GetType()}) wants the type [{manifest}] looked up by name, which is not done for bytes from outside: use a SerializerWithStringManifest"),
            };
        }
        finally
        {
            LeaveTransport(outer);
        }
    }

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    /// <summary>What <see cref="WithTransport{T}(ActorSystem, Address, Func{T})"/> does, for callers that must not allocate.</summary>
    /// <returns>What <see cref="LeaveTransport"/> wants afterwards.</returns>
    internal static Information EnterTransport(Information information)
    {
        Information outer = s_transport;
        s_transport = information;
        return outer;
    }

    internal static void LeaveTransport(Information outer) => s_transport = outer;

    /// <summary>Serializers of the configuration and of a <see cref="SerializationSetup"/>; the latter win.</summary>
    internal void LoadConfigured()
    {
        Config config = System.Settings.Config;
        foreach ((string name, HoconValue value) in Entries(config, "akka.actor.serializers"))
            AddSerializer(name, Construct(name, value.GetString()));
        foreach ((string typeName, HoconValue value) in Entries(config, "akka.actor.serialization-bindings"))
        {
            if (!_byName.TryGetValue(value.GetString(), out Serializer serializer))
                throw new ConfigurationException($"akka.actor.serialization-bindings binds {typeName} to [{value.GetString()}], which akka.actor.serializers does not name");
            AddSerializationMap(RuntimeTypes.Find(typeName, "akka.actor.serialization-bindings"), serializer);
        }

        if (System.Settings.Setup.Get<SerializationSetup>() is not { HasValue: true, Value: { } setup })
            return;
        foreach (SerializerDetails details in setup.CreateSerializers(System))
        {
            AddSerializer(details.Alias, details.Serializer);
            foreach (Type type in details.UseFor)
                AddSerializationMap(type, details.Serializer);
        }
    }

    /// <summary>What a test of serializability sees in place of the message.</summary>
    internal object RoundTrip(object message)
    {
        object inner = message;
        while (inner is IWrappedMessage wrapped)
            inner = wrapped.Message;
        if (inner is null or INoSerializationVerificationNeeded or IAutoReceivedMessage || !ReferenceEquals(inner, message))
            return message;
        Serializer serializer = FindSerializerFor(message);
        return WithTransport(System, () =>
        {
            byte[] bytes = serializer.ToBinary(message);
            return serializer is SerializerWithStringManifest byManifest
                ? byManifest.FromBinary(bytes, byManifest.Manifest(message))
                : serializer.FromBinary(bytes, message.GetType());
        });
    }

    private static T With<T>(Information information, Func<T> action)
    {
        Information outer = EnterTransport(information);
        try
        {
            return action();
        }
        finally
        {
            LeaveTransport(outer);
        }
    }

    private static IEnumerable<(string Name, HoconValue Value)> Entries(Config config, string path)
        => config.HasPath(path) ? config.GetConfig(path).AsEnumerable().Select(entry => (entry.Key.Trim('"'), entry.Value)) : [];

    private Serializer Construct(string name, string className)
    {
        string key = $"akka.actor.serializers.{name}";
        Type type = RuntimeTypes.Find(className, key);
        if (!typeof(Serializer).IsAssignableFrom(type))
            throw new ConfigurationException($"{key} names {className}, which is no Serializer");
        return type.GetConstructor([typeof(ExtendedActorSystem)]) is null
            ? throw new ConfigurationException($"{key} names {className}, which has no public constructor that takes an ExtendedActorSystem")
            : (Serializer)RuntimeTypes.Construct(type, System);
    }

    private Serializer FindBinding(Type type)
    {
        lock (_lock)
        {
            Serializer assignable = null;
            Serializer ofAll = null;
            foreach ((Type bound, Serializer serializer) in _bindings)
            {
                if (bound == type)
                    return serializer;
                if (bound == typeof(object))
                    ofAll = serializer;
                else if (bound.IsAssignableFrom(type))
                    assignable ??= serializer;
            }

            return assignable ?? ofAll;
        }
    }

    private Serializer Reader(int serializerId, string manifest) => _byId.TryGetValue(serializerId, out Serializer serializer)
        ? serializer
        : throw new SerializationException($"Cannot find a serializer with id [{serializerId}] (manifest [{manifest}]): both nodes need the same serializers");
}

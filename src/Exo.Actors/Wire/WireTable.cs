using System.Collections.Frozen;
using System.Runtime.Serialization;
using Exo.Actors.Membership;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Actors.Shards;

namespace Exo.Actors.Wire;

/// <summary>
/// Every message that crosses the network, with its manifest. A manifest is never used again for another form: a changed
/// message gets a new one, and readers know it a release before writers use it.
/// </summary>
internal static class WireTable
{
    private static readonly Entry[] s_entries =
    [
        Entry.Of<DirectoryProtocol.Hello>("He1", ControlCodec.Write, ControlCodec.Hello),
        Entry.Of<RingProtocol.Wishes>("Wi2", ControlCodec.Write, ControlCodec.Wishes),
        Entry.Of<RingProtocol.Prepare>("Pr2", ControlCodec.Write, ControlCodec.Prepare),
        Entry.Of<RingProtocol.Ready>("Re1", ControlCodec.Write, ControlCodec.Ready),
        Entry.Of<RingProtocol.LoadFailed>("Lf1", ControlCodec.Write, ControlCodec.LoadFailed),
        Entry.Of<RingProtocol.Commit>("Co1", ControlCodec.Write, ControlCodec.Commit),
        Entry.Of<RingProtocol.NoPlan>("Np1", ControlCodec.Write, ControlCodec.NoPlan),
        Entry.Of<RingProtocol.StageLost>("Sl1", ControlCodec.Write, ControlCodec.StageLost),
        Entry.Of<RingProtocol.Outdated>("Ou1", ControlCodec.Write, ControlCodec.Outdated),
        Entry.Of<HealingProtocol.Side>("Hs1", ControlCodec.Write, ControlCodec.Side),
        Entry.Of<HealingProtocol.Follow>("Hf1", ControlCodec.Write, ControlCodec.Follow),
        Entry.Of<ShardProtocol.Admit>("Ad2", ShardCodec.Write, ShardCodec.Admit),
        Entry.Of<ShardProtocol.Admitted>("Aa1", ShardCodec.Write, ShardCodec.Admitted),
        Entry.Of<ShardProtocol.Cancel>("Ca1", ShardCodec.Write, ShardCodec.Cancel),
        Entry.Of<ShardProtocol.Close>("Cl1", ShardCodec.Write, ShardCodec.Close),
        Entry.Of<ShardProtocol.StepBatch>("St3", ShardCodec.Write, ShardCodec.StepBatch),
        Entry.Of<ShardProtocol.Share>("Sh1", ShardCodec.Write, ShardCodec.Share),
        Entry.Of<ShardProtocol.Shared>("Sd1", ShardCodec.Write, ShardCodec.Shared),
        Entry.Of<ShardProtocol.StepResult>("Sr1", ShardCodec.Write, ShardCodec.StepResult),
        Entry.Of<ShardProtocol.Token>("To1", ShardCodec.Write, ShardCodec.Token),
        Entry.Of<ShardProtocol.Refused>("Rf1", ShardCodec.Write, ShardCodec.Refused),
    ];

    private static readonly FrozenDictionary<Type, Entry> s_byType = s_entries.ToFrozenDictionary(entry => entry.Type);
    private static readonly FrozenDictionary<string, Entry> s_byManifest = s_entries.ToFrozenDictionary(entry => entry.Manifest);

    public static IEnumerable<(Type Type, string Manifest)> All => s_entries.Select(entry => (entry.Type, entry.Manifest));

    public static string Manifest(object message) =>
        s_byType.TryGetValue(message.GetType(), out Entry? entry) ? entry.Manifest : throw new SerializationException($"{message.GetType()} has no place in the wire table.");

    public static byte[] Write(object message)
    {
        Entry entry = s_byType.GetValueOrDefault(message.GetType()) ?? throw new SerializationException($"{message.GetType()} has no place in the wire table.");
        WireWriter writer = new(message is ShardProtocol.StepBatch batch ? batch.Hidden.Length + batch.Rows.Sum(row => 128 + (row.Count * sizeof(int))) + 128 : 256);
        entry.Write(writer, (IWireMessage)message);
        return writer.ToArray();
    }

    public static IWireMessage Read(byte[] bytes, string manifest)
    {
        Entry entry = s_byManifest.GetValueOrDefault(manifest) ?? throw new SerializationException($"The manifest {manifest} is not known here: the sender is newer, update this device.");
        WireReader reader = new(bytes);
        IWireMessage message = entry.Read(reader);
        reader.End();
        return message;
    }

    private sealed record Entry(Type Type, string Manifest, Action<WireWriter, IWireMessage> Write, Func<WireReader, IWireMessage> Read)
    {
        public static Entry Of<T>(string manifest, Action<WireWriter, T> write, Func<WireReader, T> read)
            where T : IWireMessage => new(typeof(T), manifest, (writer, message) => write(writer, (T)message), reader => read(reader));
    }
}

using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>The small messages of Akka.Actor that go between nodes.</summary>
internal sealed class MiscMessageSerializer : SerializerWithStringManifest
{
    private const string IdentifyManifest = "ID";
    private const string IdentityManifest = "AID";
    private const string RefManifest = "AR";
    private const string PoisonPillManifest = "PP";
    private const string KillManifest = "K";
    private const string FailureManifest = "SF";
    private const string SuccessManifest = "SS";
    private const string AddressManifest = "AD";
    private const string DoneManifest = "DN";

    public MiscMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        Identify => IdentifyManifest,
        ActorIdentity => IdentityManifest,
        IActorRef => RefManifest,
        PoisonPill => PoisonPillManifest,
        Kill => KillManifest,
        Status.Failure => FailureManifest,
        Status.Success => SuccessManifest,
        Address => AddressManifest,
        Done => DoneManifest,
        _ => throw NotMine(o),
    };

    public override byte[] ToBinary(object obj)
    {
        using FrameBuffer buffer = new(256);
        switch (obj)
        {
            case Identify identify:
                NestedMessage.Write(buffer, system, identify.MessageId);
                break;
            case ActorIdentity identity:
                NestedMessage.Write(buffer, system, identity.MessageId);
                buffer.WriteText(PathOf(identity.Subject));
                break;
            case IActorRef actor:
                buffer.WriteText(PathOf(actor));
                break;
            case Status.Failure failure:
                WriteFailure(buffer, failure);
                break;
            case Status.Success success:
                NestedMessage.Write(buffer, system, success.Status);
                break;
            case Address address:
                buffer.WriteText(address.ToString());
                break;
            case PoisonPill or Kill or Done:
                break;
            default:
                throw NotMine(obj);
        }

        return buffer.Written.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        FrameCursor cursor = new(bytes);
        return manifest switch
        {
            IdentifyManifest => new Identify(NestedMessage.Read(ref cursor, system)),
            IdentityManifest => new ActorIdentity(NestedMessage.Read(ref cursor, system), RefOf(cursor.ReadText())),
            RefManifest => RefOf(cursor.ReadText()) ?? ActorRefs.Nobody,
            PoisonPillManifest => PoisonPill.Instance,
            KillManifest => Kill.Instance,
            FailureManifest => ReadFailure(ref cursor),
            SuccessManifest => new Status.Success(NestedMessage.Read(ref cursor, system)),
            AddressManifest => Address.Parse(cursor.ReadText()),
            DoneManifest => Done.Instance,
            _ => throw new SerializationException($"Unknown manifest [{manifest}]"),
        };
    }

    private static string PathOf(IActorRef actor)
        => actor is null or Nobody ? "" : Akka.Serialization.Serialization.SerializedActorPath(actor);

    private static SerializationException NotMine(object o) => new($"{o?.GetType()} is none of the messages of this serializer");

    /// <summary>The text of the exception travels, its type does not: no type is made by a name from the wire.</summary>
    private void WriteFailure(FrameBuffer buffer, Status.Failure failure)
    {
        buffer.WriteText(failure.Cause?.GetType().Name ?? "");
        buffer.WriteText(failure.Cause?.Message ?? "");
        NestedMessage.Write(buffer, system, failure.State);
    }

    private Status.Failure ReadFailure(ref FrameCursor cursor)
    {
        string type = cursor.ReadText();
        string message = cursor.ReadText();
        object state = NestedMessage.Read(ref cursor, system);
        return new Status.Failure(new RemoteFailureException(type.Length == 0 ? message : $"{type}: {message}"), state);
    }

    private IActorRef RefOf(string path) => path.Length == 0 ? null : system.Provider.ResolveActorRef(path);

    /// <summary>An exception that happened on another node.</summary>
    private sealed class RemoteFailureException(string message) : AkkaException(message);
}

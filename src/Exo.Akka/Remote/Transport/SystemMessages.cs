using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote.Transport;

/// <summary>Wire form of the few system messages that go between nodes: a number, then paths.</summary>
internal static class SystemMessages
{
    private const byte WatchCode = 1;
    private const byte UnwatchCode = 2;
    private const byte TerminatedCode = 3;
    private const byte StopCode = 4;

    public static byte[] Encode(ISystemMessage message, IInternalActorRef recipient, Address local)
    {
        using FrameBuffer buffer = new(256);
        switch (message)
        {
            case Watch watch:
                buffer.WriteByte(WatchCode);
                buffer.WriteText(watch.Watchee.Path.ToSerializationFormatWithAddress(local));
                buffer.WriteText(watch.Watcher.Path.ToSerializationFormatWithAddress(local));
                break;
            case Unwatch unwatch:
                buffer.WriteByte(UnwatchCode);
                buffer.WriteText(unwatch.Watchee.Path.ToSerializationFormatWithAddress(local));
                buffer.WriteText(unwatch.Watcher.Path.ToSerializationFormatWithAddress(local));
                break;
            case DeathWatchNotification ended:
                buffer.WriteByte(TerminatedCode);
                buffer.WriteText(recipient.Path.ToSerializationFormatWithAddress(local));
                buffer.WriteText(ended.Actor.Path.ToSerializationFormatWithAddress(local));
                buffer.WriteByte((byte)((ended.ExistenceConfirmed ? 1 : 0) | (ended.AddressTerminated ? 2 : 0)));
                break;
            case Terminate:
                buffer.WriteByte(StopCode);
                buffer.WriteText(recipient.Path.ToSerializationFormatWithAddress(local));
                break;
            default:
                return null;
        }

        return buffer.Written.ToArray();
    }

    /// <summary>The actor that a system message is for, and the message.</summary>
    public static (IInternalActorRef Recipient, ISystemMessage Message) Decode(ReadOnlySpan<byte> body, Func<string, IInternalActorRef> resolve)
    {
        FrameCursor cursor = new(body);
        byte code = cursor.ReadByte();
        IInternalActorRef recipient = resolve(cursor.ReadText());
        return code switch
        {
            WatchCode => (recipient, new Watch(recipient, resolve(cursor.ReadText()))),
            UnwatchCode => (recipient, new Unwatch(recipient, resolve(cursor.ReadText()))),
            TerminatedCode => (recipient, Ended(resolve(cursor.ReadText()), cursor.ReadByte())),
            StopCode => (recipient, new Terminate()),
            _ => throw new InvalidDataException($"an unknown system message {code}"),
        };
    }

    private static DeathWatchNotification Ended(IInternalActorRef actor, byte flags) => new(actor, (flags & 1) != 0, (flags & 2) != 0);
}

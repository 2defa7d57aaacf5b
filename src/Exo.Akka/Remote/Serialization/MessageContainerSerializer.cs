using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>Messages to an actor selection: the way to go, then the message.</summary>
internal sealed class MessageContainerSerializer : SerializerWithStringManifest
{
    private const string SelectionManifest = "Sel1";
    private const byte NameCode = 0;
    private const byte PatternCode = 1;
    private const byte ParentCode = 2;

    public MessageContainerSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 6;

    public override string Manifest(object o) => o is ActorSelectionMessage ? SelectionManifest : throw NotMine(o);

    public override byte[] ToBinary(object obj)
    {
        if (obj is not ActorSelectionMessage selection)
            throw NotMine(obj);
        using FrameBuffer buffer = new(256);
        buffer.WriteByte((byte)(selection.WildCardFanOut ? 1 : 0));
        buffer.WriteVarint((uint)selection.Elements.Length);
        foreach (SelectionPathElement element in selection.Elements)
        {
            switch (element)
            {
                case SelectChildName name:
                    buffer.WriteByte(NameCode);
                    buffer.WriteText(name.Name);
                    break;
                case SelectChildPattern pattern:
                    buffer.WriteByte(PatternCode);
                    buffer.WriteText(pattern.PatternStr);
                    break;
                default:
                    buffer.WriteByte(ParentCode);
                    break;
            }
        }

        NestedMessage.Write(buffer, system, selection.Message);
        return buffer.Written.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != SelectionManifest)
            throw new SerializationException($"Unknown manifest [{manifest}]");
        FrameCursor cursor = new(bytes);
        bool isFanOut = cursor.ReadByte() != 0;
        uint count = cursor.ReadVarint();
        if (count > 256)
            throw new SerializationException($"A selection of {count} elements; at most 256 are allowed");
        SelectionPathElement[] elements = new SelectionPathElement[count];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = cursor.ReadByte() switch
            {
                NameCode => new SelectChildName(cursor.ReadText()),
                PatternCode => new SelectChildPattern(cursor.ReadText()),
                _ => SelectParent.Instance,
            };
        }

        return new ActorSelectionMessage(NestedMessage.Read(ref cursor, system), elements, isFanOut);
    }

    private static SerializationException NotMine(object o) => new($"{o?.GetType()} is no message to an actor selection");
}

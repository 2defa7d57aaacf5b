using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Guarantees.Serialization;

internal interface INote;

internal record Note(string Text) : INote;

internal sealed record LongNote(string Text) : Note(Text);

/// <summary>Takes its number from the configuration.</summary>
internal class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string Known = "N1";

    public override string Manifest(object o) => Known;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Note)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest) => manifest == Known
        ? new Note(Encoding.UTF8.GetString(bytes))
        : throw new SerializationException($"Unknown manifest [{manifest}]");
}

internal sealed class OtherSerializer(ExtendedActorSystem system) : NoteSerializer(system)
{
    public override int Identifier => 778;
}

/// <summary>Has the number of another one.</summary>
internal sealed class RivalSerializer(ExtendedActorSystem system) : NoteSerializer(system)
{
    public override int Identifier => 778;
}

/// <summary>Knows no system.</summary>
internal sealed class LonelySerializer() : NoteSerializer(null)
{
    public override int Identifier => 779;
}

using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Tests.Serialization;

public sealed class SerializationTests : ActorTest
{
    private const string Hocon = """
        akka.stdout-loglevel = OFF
        akka.loggers = []
        akka.actor {
          serializers.notes = "Akka.Tests.Serialization.SerializationTests+NoteSerializer, Exo.Akka.Tests"
          serialization-bindings { "Akka.Tests.Serialization.SerializationTests+INote, Exo.Akka.Tests" = notes }
          serialization-identifiers { "Akka.Tests.Serialization.SerializationTests+NoteSerializer, Exo.Akka.Tests" = 777 }
        }
        """;

    internal interface INote;

    [Fact]
    public void Serializers_bindings_and_identifiers_come_from_the_configuration()
    {
        using ActorSystem system = ActorSystem.Create("configured", ConfigurationFactory.ParseString(Hocon));

        Serializer serializer = system.Serialization.FindSerializerFor(new Note("x"));

        Assert.Equal(777, serializer.Identifier);
        Assert.Equal("N1", Akka.Serialization.Serialization.ManifestFor(serializer, new Note("x")));
        Assert.Equal(new Note("x"), system.Serialization.Deserialize(serializer.ToBinary(new Note("x")), 777, "N1"));
    }

    [Fact]
    public void Serializers_come_from_a_setup()
    {
        SerializationSetup setup = SerializationSetup.Create(
            system => [SerializerDetails.Create("notes", new OtherSerializer(system), ImmutableHashSet.Create(typeof(Note)))]);
        using ActorSystem system = ActorSystem.Create(
            "setup", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF")), setup));

        Assert.IsType<OtherSerializer>(system.Serialization.FindSerializerForType(typeof(Note)));
    }

    [Fact]
    public void Bytes_have_a_serializer_and_an_unbound_type_is_refused_with_a_remedy()
    {
        Assert.Equal(4, System.Serialization.FindSerializerFor(new byte[1]).Identifier);

        SerializationException thrown = Assert.Throws<SerializationException>(() => System.Serialization.FindSerializerFor(new Note("x")));

        Assert.Contains("serialization-bindings", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_serializer_number_is_refused()
        => Assert.Throws<SerializationException>(() => System.Serialization.Deserialize([], 9999, "N1"));

    [Fact]
    public void A_reference_is_written_with_the_address_of_the_transport()
    {
        Probe probe = NewProbe();
        Address address = new("akka.tcp", "test", "host", 1);

        string path = Akka.Serialization.Serialization.WithTransport(
            System, address, () => Akka.Serialization.Serialization.SerializedActorPath(probe.Ref));

        Assert.Equal(probe.Ref.Path.ToSerializationFormatWithAddress(address), path);
        Assert.Throws<InvalidOperationException>(() => Akka.Serialization.Serialization.GetCurrentTransportInformation());
    }

    [Fact]
    public async Task With_serialize_messages_a_local_message_makes_a_round_trip()
    {
        using ActorSystem system = ActorSystem.Create("round", ConfigurationFactory.ParseString("akka.actor.serialize-messages = on\n" + Hocon));
        Probe probe = new(system);
        Note note = new("x");

        probe.Ref.Tell(note);

        Note received = await probe.Expect<Note>();
        Assert.Equal(note, received);
        Assert.NotSame(note, received);
    }

    internal sealed record Note(string Text) : INote;

    internal class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "N1";

        public override byte[] ToBinary(object obj) => global::System.Text.Encoding.UTF8.GetBytes(((Note)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) => manifest == "N1"
            ? new Note(global::System.Text.Encoding.UTF8.GetString(bytes))
            : throw new SerializationException($"Unknown manifest [{manifest}]");
    }

    internal sealed class OtherSerializer(ExtendedActorSystem system) : NoteSerializer(system)
    {
        public override int Identifier => 778;
    }
}

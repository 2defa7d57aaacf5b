using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Serialization;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Serialization;

public sealed class SerializationTests : ActorTest
{
    private const string Hocon = """
        akka.stdout-loglevel = OFF
        akka.loggers = []
        akka.actor {
          serializers.notes = "Akka.Guarantees.Serialization.NoteSerializer, Exo.Akka.Guarantees.Tests"
          serialization-bindings { "Akka.Guarantees.Serialization.INote, Exo.Akka.Guarantees.Tests" = notes }
          serialization-identifiers { "Akka.Guarantees.Serialization.NoteSerializer, Exo.Akka.Guarantees.Tests" = 777 }
        }

        """;

    private Akka.Serialization.Serialization Serialization => System.Serialization;

    [Fact]
    public void Serializers_bindings_and_identifiers_come_from_the_configuration()
    {
        using ActorSystem system = Start(Hocon);

        Serializer serializer = system.Serialization.FindSerializerFor(new Note("x"));

        Assert.Equal(777, serializer.Identifier);
        Assert.Equal("N1", Akka.Serialization.Serialization.ManifestFor(serializer, new Note("x")));
        Assert.Equal(new Note("x"), system.Serialization.Deserialize(serializer.ToBinary(new Note("x")), 777, "N1"));
        Assert.Equal("x"u8.ToArray(), system.Serialization.Serialize(new Note("x")));
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
    public void A_serializer_with_a_string_manifest_always_includes_it()
        => Assert.True(new OtherSerializer((ExtendedActorSystem)System).IncludeManifest);

    [Fact]
    public void A_serializer_can_be_added_and_bound_while_the_system_runs()
    {
        OtherSerializer serializer = new((ExtendedActorSystem)System);

        Serialization.AddSerializer("notes", serializer);
        Serialization.AddSerializationMap(typeof(Note), serializer);

        Assert.Same(serializer, Serialization.FindSerializerFor(new Note("x")));
        Assert.Equal(new Note("x"), Serialization.Deserialize(Serialization.Serialize(new Note("x")), 778, "N1"));
    }

    [Fact]
    public void Of_two_serializers_with_one_identifier_the_later_wins()
    {
        ExtendedActorSystem system = (ExtendedActorSystem)System;
        Serialization.AddSerializer("one", new OtherSerializer(system));
        RivalSerializer rival = new(system);

        Serialization.AddSerializer("other", rival);
        Serialization.AddSerializationMap(typeof(Note), rival);

        Assert.Equal(new Note("x"), Serialization.Deserialize("x"u8.ToArray(), 778, "N1"));
        Assert.Same(rival, Serialization.FindSerializerForType(typeof(Note)));
    }

    [Fact]
    public void A_binding_of_the_very_type_goes_before_one_of_its_base_or_interface()
    {
        ExtendedActorSystem system = (ExtendedActorSystem)System;
        OtherSerializer ofBase = new(system);
        LonelySerializer ofType = new();
        Serialization.AddSerializationMap(typeof(INote), ofBase);
        Serialization.AddSerializationMap(typeof(LongNote), ofType);

        Assert.Same(ofType, Serialization.FindSerializerForType(typeof(LongNote)));
    }

    [Theory]
    [InlineData(typeof(INote))]
    [InlineData(typeof(Note))]
    public void A_type_without_binding_takes_that_of_a_base_type_or_interface(Type bound)
    {
        OtherSerializer serializer = new((ExtendedActorSystem)System);

        Serialization.AddSerializationMap(bound, serializer);

        Assert.Same(serializer, Serialization.FindSerializerForType(typeof(LongNote)));
        Assert.Same(serializer, Serialization.FindSerializerFor(new LongNote("x"), defaultSerializerName: "bytes"));
    }

    [Fact]
    public void A_binding_of_object_comes_last()
    {
        ExtendedActorSystem system = (ExtendedActorSystem)System;
        OtherSerializer ofAll = new(system);
        LonelySerializer ofNotes = new();
        Serialization.AddSerializationMap(typeof(object), ofAll);
        Serialization.AddSerializationMap(typeof(INote), ofNotes);

        Assert.Same(ofNotes, Serialization.FindSerializerForType(typeof(LongNote)));
        Assert.Same(ofAll, Serialization.FindSerializerForType(typeof(StringBuilder)));
    }

    [Fact]
    public void Bytes_are_bound_to_serializer_four()
    {
        Serializer serializer = Serialization.FindSerializerFor(new byte[] { 1 });

        Assert.Equal(4, serializer.Identifier);
        Assert.Equal([1, 2], serializer.ToBinary(new byte[] { 1, 2 }));
        Assert.Equal([1, 2], Assert.IsType<byte[]>(Serialization.Deserialize([1, 2], 4, typeof(byte[]))));
    }

    [Fact]
    public void An_unknown_serializer_number_is_refused()
        => Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 9999, "N1"));

    [Fact]
    public async Task With_serialize_messages_a_local_message_makes_a_round_trip()
    {
        using ActorSystem system = Start("akka.actor.serialize-messages = on\n" + Hocon);
        Probe probe = new(system);
        Note note = new("x");

        probe.Ref.Tell(note);

        Note received = await probe.Expect<Note>();
        Assert.Equal(note, received);
        Assert.NotSame(note, received);
    }

    [Fact]
    public async Task With_serialize_messages_whoever_needs_no_verification_is_passed_on_as_it_is()
    {
        using ActorSystem system = Start("akka.actor.serialize-messages = on");
        Probe probe = new(system);
        Local message = new();

        probe.Ref.Tell(message);

        Assert.Same(message, await probe.Expect<Local>());
    }

    private static ActorSystem Start(string hocon) => ActorSystem.Create("serialization", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []\n" + hocon));

    private sealed class Local : INoSerializationVerificationNeeded;
}

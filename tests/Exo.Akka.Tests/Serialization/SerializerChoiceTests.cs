using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Tests.Serialization;

/// <summary>What is stricter or louder here than the original.</summary>
public sealed class SerializerChoiceTests : ActorTest
{
    public SerializerChoiceTests()
        : base("akka.loglevel = WARNING")
    {
    }

    [Fact]
    public async Task Of_two_serializers_with_one_identifier_the_log_tells()
    {
        Probe logged = NewProbe();
        System.EventStream.Subscribe(logged.Ref, typeof(Warning));
        ExtendedActorSystem system = (ExtendedActorSystem)System;

        System.Serialization.AddSerializer("one", new TextSerializer(system));
        System.Serialization.AddSerializer("other", new RivalSerializer(system));

        Assert.Contains("778", (await logged.Expect<Warning>()).Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configured_serializer_without_the_constructor_that_takes_a_system_is_refused()
    {
        Config config = ConfigurationFactory.ParseString($"akka.actor.serializers.notes = \"{typeof(LonelySerializer).AssemblyQualifiedName}\"");

        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ActorSystem.Create("lonely", config));

        Assert.Contains("ExtendedActorSystem", refused.Message, StringComparison.Ordinal);
    }

    private class TextSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 778;

        public override string Manifest(object o) => "T1";

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes((string)obj);

        public override object FromBinary(byte[] bytes, string manifest) => Encoding.UTF8.GetString(bytes);
    }

    private sealed class RivalSerializer(ExtendedActorSystem system) : TextSerializer(system);

    private sealed class LonelySerializer() : TextSerializer(null);
}

using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Remote;
using Akka.Serialization;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Serialization;

/// <summary>A message that cannot be written or read costs itself; the association stays.</summary>
public sealed class FailureTests
{
    private const string Known = """
        akka.actor {
          serializers.fragile = "Akka.Guarantees.Serialization.FailureTests+FragileSerializer, Exo.Akka.Guarantees.Tests"
          serialization-bindings { "Akka.Guarantees.Serialization.FailureTests+Fragile, Exo.Akka.Guarantees.Tests" = fragile }
        }

        """;

    private const string Unknown = """
        akka.actor {
          serializers.strange = "Akka.Guarantees.Serialization.FailureTests+StrangeSerializer, Exo.Akka.Guarantees.Tests"
          serialization-bindings { "Akka.Guarantees.Serialization.FailureTests+Strange, Exo.Akka.Guarantees.Tests" = strange }
        }

        """;

    [Fact]
    public Task A_message_of_an_unknown_serializer_costs_the_receiver_one_warning() => ExpectCost(new Strange(), 0, 1);

    [Fact]
    public Task A_message_with_an_unknown_manifest_costs_the_receiver_one_warning() => ExpectCost(new Fragile("manifest"), 0, 1);

    [Fact]
    public Task A_message_whose_reading_throws_costs_the_receiver_one_warning() => ExpectCost(new Fragile("read"), 0, 1);

    [Fact]
    public Task A_message_whose_writing_throws_a_SerializationException_costs_the_sender_an_error() => ExpectCost(new Fragile("write"), 1, 0);

    private static async Task ExpectCost(object message, int errorsHere, int warningsThere)
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Known + Unknown);
        ActorSystem there = nodes.StartRemote("there", Known);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        IActorRef echo = await Remotes.Find(here, there, "echo");
        Probe sender = new(here);
        Probe hereLogged = Remotes.Listen(here, typeof(Warning), typeof(Error), typeof(DisassociatedEvent), typeof(AssociationErrorEvent));
        Probe thereLogged = Remotes.Listen(there, typeof(Warning), typeof(Error), typeof(DisassociatedEvent), typeof(AssociationErrorEvent));

        echo.Tell(message, sender.Ref);
        echo.Tell("after it", sender.Ref);

        await sender.Expect("after it");
        for (int i = 0; i < errorsHere; i++)
            await hereLogged.Expect<Error>();
        for (int i = 0; i < warningsThere; i++)
            await thereLogged.Expect<Warning>();
        await hereLogged.ExpectNothingMore();
        await thereLogged.ExpectNothingMore();
        await sender.ExpectNothingMore();
    }

    internal sealed record Fragile(string Breaks);

    internal sealed record Strange;

    internal sealed class FragileSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 783;

        public override string Manifest(object o) => ((Fragile)o).Breaks == "manifest" ? "nobody knows it" : "F";

        public override byte[] ToBinary(object obj) => obj is Fragile { Breaks: "write" }
            ? throw new SerializationException("cannot be written")
            : Encoding.UTF8.GetBytes(((Fragile)obj).Breaks);

        public override object FromBinary(byte[] bytes, string manifest) => manifest == "F"
            ? throw new InvalidOperationException("cannot be read")
            : throw new SerializationException($"Unknown manifest [{manifest}]");
    }

    internal sealed class StrangeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 784;

        public override string Manifest(object o) => "S";

        public override byte[] ToBinary(object obj) => [1];

        public override object FromBinary(byte[] bytes, string manifest) => new Strange();
    }
}

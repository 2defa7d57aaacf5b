using Akka.Actor;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Serialization;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Serialization;

public sealed class ReferenceTests : ActorTest
{
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
    public void A_serializer_can_be_asked_to_write_for_an_address()
    {
        Address address = new("akka.tcp", "test", "host", 1);

        byte[] written = new AddressWriter((ExtendedActorSystem)System).ToBinaryWithAddress(address, new object());

        Assert.Equal(address.ToString(), global::System.Text.Encoding.UTF8.GetString(written));
    }

    [Fact]
    public async Task The_address_of_the_transport_is_known_on_the_calling_thread_alone()
    {
        Address address = new("akka.tcp", "test", "host", 1);

        Exception elsewhere = await Akka.Serialization.Serialization.WithTransport(System, address, () =>
        {
            Assert.Equal(address, Akka.Serialization.Serialization.GetCurrentTransportInformation().Address);
            TaskCompletionSource<Exception> thrown = new();
            new Thread(() => thrown.SetResult(Record.Exception(() => Akka.Serialization.Serialization.GetCurrentTransportInformation()))).Start();
            return thrown.Task;
        });

        Assert.IsType<InvalidOperationException>(elsewhere);
    }

    [Fact]
    public void A_written_reference_is_read_back_as_the_actor()
    {
        Probe probe = NewProbe();
        string path = Akka.Serialization.Serialization.SerializedActorPath(probe.Ref);

        Assert.Equal(probe.Ref, System.Serialization.DeserializeActorRef(path));
        Assert.Equal(probe.Ref, Remotes.Resolve(System, path));
    }

    [Fact]
    public async Task What_is_told_to_a_local_path_that_nobody_has_goes_to_dead_letters()
    {
        Probe dead = Remotes.Listen(System, typeof(DeadLetter));

        Remotes.Resolve(System, "akka://test/user/nobody#77").Tell("lost", ActorRefs.NoSender);

        Assert.Equal("lost", (await dead.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_reference_inside_a_message_works_on_the_other_node()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", LetterHocon);
        ActorSystem there = nodes.StartRemote("there", LetterHocon);
        Probe reader = new(here);
        there.ActorOf(Props.Create(() => new Answerer()), "answerer");
        IActorRef answerer = await Remotes.Find(here, there, "answerer");

        answerer.Tell(new Letter(reader.Ref), ActorRefs.NoSender);

        Assert.Equal($"{Nodes.AddressOf(here)}", await reader.Expect<string>());
    }

    private const string LetterHocon = """
        akka.actor {
          serializers.letters = "Akka.Guarantees.Serialization.ReferenceTests+LetterSerializer, Exo.Akka.Guarantees.Tests"
          serialization-bindings { "Akka.Guarantees.Serialization.ReferenceTests+Letter, Exo.Akka.Guarantees.Tests" = letters }
        }
        """;

    internal sealed record Letter(IActorRef AnswerTo);

    internal sealed class LetterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 781;

        public override string Manifest(object o) => "L";

        public override byte[] ToBinary(object obj)
            => global::System.Text.Encoding.UTF8.GetBytes(Akka.Serialization.Serialization.SerializedActorPath(((Letter)obj).AnswerTo));

        public override object FromBinary(byte[] bytes, string manifest)
            => new Letter(system.Provider.ResolveActorRef(global::System.Text.Encoding.UTF8.GetString(bytes)));
    }

    private sealed class AddressWriter(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 782;

        public override string Manifest(object o) => "A";

        public override byte[] ToBinary(object obj)
            => global::System.Text.Encoding.UTF8.GetBytes(Akka.Serialization.Serialization.GetCurrentTransportInformation().Address.ToString());

        public override object FromBinary(byte[] bytes, string manifest) => null;
    }

    private sealed class Answerer : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            IActorRef to = ((Letter)message).AnswerTo;
            to.Tell(to.Path.Address.ToString(), Self);
        }
    }
}

using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Remote;

/// <summary>What tests of connections have in common, plain or inside TLS.</summary>
internal static class Wires
{
    public const string Key = "exo.remote.cluster-key = \"a key of the tests\"\n";
    public const string BulkEverything = "exo.remote.bulk-paths = [\"/user/bulk-*\"]\n";
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    public static async Task<IActorRef> Find(ActorSystem here, ActorSystem there, string name)
        => await here.ActorSelection($"{Nodes.AddressOf(there)}/user/{name}").ResolveOne(Within);

    public static TcpRemoteTransport Transport(ActorSystem system) => ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;

    public static List<string> Warnings(ActorSystem system)
    {
        List<string> warnings = [];
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Collector(warnings))), typeof(Warning));
        return warnings;
    }

    public static int Count(List<string> warnings, string part)
    {
        lock (warnings)
            return warnings.Count(w => w.Contains(part, StringComparison.Ordinal));
    }

    public static Task Logged(List<string> warnings, string part)
        => Eventually.True(() => Count(warnings, part) > 0, Within, part, () => string.Join('\n', warnings));

    public static async Task SendRawAsync(int port, byte[] bytes)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        await socket.SendAsync(bytes, SocketFlags.None);
        try
        {
            // The refusal shows as the end of the connection; an alert of TLS, or a word to one who greets with it, may come before.
            while (await socket.ReceiveAsync(new byte[256], SocketFlags.None) > 0)
            {
            }
        }
        catch (SocketException cause)
        {
            Assert.Equal(SocketError.ConnectionReset, cause.SocketErrorCode);
        }
    }

    internal sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    internal sealed class Collector(List<string> texts) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            lock (texts)
                texts.Add(((LogEvent)message).Message.ToString());
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace Akka.Tests.Kit;

/// <summary>Several actor systems in one process, each on a free port of loopback.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private const string Common = """
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    public ActorSystem StartRemote(string name, string hocon = "") => Start(name, "akka.actor.provider = remote\n" + hocon);

    public ActorSystem StartCluster(string name, string hocon = "") => Start(name, "akka.actor.provider = cluster\n" + hocon);

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static bool SeesUp(ActorSystem system, int count)
    {
        ClusterEvent.CurrentClusterState state = Akka.Cluster.Cluster.Get(system).State;
        return state.Members.Count == count && state.Members.All(m => m.Status == MemberStatus.Up);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_systems.Select(s => s.Terminate()));
    }

    private ActorSystem Start(string name, string hocon)
    {
        ActorSystem system = ActorSystem.Create(name, ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(Common)));
        _systems.Add(system);
        return system;
    }
}

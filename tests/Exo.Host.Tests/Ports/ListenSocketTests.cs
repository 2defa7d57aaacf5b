using System.Net;
using System.Net.Sockets;
using Exo.Host.Ports;
using Exo.Host.Terminal;

namespace Exo.Host.Tests.Ports;

public sealed class ListenSocketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_port_where_a_program_listens_is_refused_at_once()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        List<string> warnings = [];

        var refusal = await Assert.ThrowsAsync<CommandFailureException>(() => BindAsync(((IPEndPoint)taken.LocalEndpoint).Port, warnings, s_patience));

        Assert.Contains("is in use by another program: give --http", refusal.Message);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task A_port_that_an_outgoing_connection_holds_is_waited_for()
    {
        using Held held = new();
        List<string> warnings = [];
        Task<Socket> bound = BindAsync(held.Port, warnings, s_patience);
        Assert.False(bound.IsCompleted);

        held.Dispose();
        using Socket socket = await bound;

        Assert.Equal(held.Port, ((IPEndPoint)socket.LocalEndPoint!).Port);
        Assert.Contains("waiting up to 60 s", Assert.Single(warnings));
    }

    [Fact]
    public async Task A_connection_that_stays_is_named_when_patience_ends()
    {
        using Held held = new();
        var refusal = await Assert.ThrowsAsync<CommandFailureException>(() => BindAsync(held.Port, [], TimeSpan.Zero));
        Assert.Contains("is held by a connection of another program: give --http", refusal.Message);
    }

    private static Task<Socket> BindAsync(int port, List<string> warnings, TimeSpan patience) =>
        ListenSocket.BindAsync(new HostPort("127.0.0.1", port), "--http", warnings.Add, patience, CancellationToken.None);

    /// <summary>A connection whose own port the system chose, as that of every program that calls out.</summary>
    private sealed class Held : IDisposable
    {
        private readonly Socket _caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Socket _called;

        public Held()
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            _caller.Connect(listener.LocalEndpoint);
            _caller.LingerState = new LingerOption(true, 0); // ends with a reset, which leaves nothing that lingers
            _called = listener.AcceptSocket();
            Port = ((IPEndPoint)_caller.LocalEndPoint!).Port;
        }

        public int Port { get; }

        public void Dispose()
        {
            _caller.Dispose();
            _called.Dispose();
        }
    }
}

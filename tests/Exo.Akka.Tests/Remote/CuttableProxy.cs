using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Akka.Tests.Remote;

/// <summary>
/// Stands before a node: others reach it through this port. Cutting off a peer makes its bytes vanish without closing anything,
/// as when a cable is pulled.
/// </summary>
internal sealed class CuttableProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _sockets = [];
    private volatile string[] _cut = [];
    private readonly Random _random = new(20261121);

    public CuttableProxy()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The node's own port.</summary>
    public int Target { get; set; }

    /// <summary>The longest that a piece of a stream is held up; each is held up at random, in order.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Cuts off the nodes with these advertised ports, and no others.</summary>
    public void Cut(params int[] peers) => _cut = [.. peers.Select(p => $"@127.0.0.1:{p}")];

    public void Dispose()
    {
        _listener.Dispose();
        lock (_sockets)
            _sockets.ForEach(s => s.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        Socket node = new(SocketType.Stream, ProtocolType.Tcp);
        lock (_sockets)
            _sockets.AddRange([client, node]);
        try
        {
            byte[] greeting = new byte[2048];
            int read = await client.ReceiveAsync(greeting, SocketFlags.None);

            // The greeting names who calls first, then who is called.
            string text = Encoding.UTF8.GetString(greeting, 0, read);
            await node.ConnectAsync("127.0.0.1", Target);
            await ForwardAsync(greeting.AsMemory(0, read), node, text);
            await Task.WhenAny(PumpAsync(client, node, text), PumpAsync(node, client, text));
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // An end of the connection ended.
        }
        finally
        {
            client.Dispose();
            node.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, string greeting)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, SocketFlags.None);
            if (read == 0)
                return;
            await ForwardAsync(buffer.AsMemory(0, read), to, greeting);
        }
    }

    private async Task ForwardAsync(ReadOnlyMemory<byte> bytes, Socket to, string greeting)
    {
        // Bytes of a cut connection are swallowed; one that lost some is of no use afterwards, as after a real partition's reset.
        if (_cut.Any(peer => IsCaller(greeting, peer)))
            return;
        if (Jitter > TimeSpan.Zero)
        {
            double share;
            lock (_random)
                share = _random.NextDouble();
            await Task.Delay(Jitter * share);
        }

        await to.SendAsync(bytes, SocketFlags.None);
    }

    private static bool IsCaller(string greeting, string peer)
    {
        int first = greeting.IndexOf("@127.0.0.1:", StringComparison.Ordinal);
        return first >= 0 && string.CompareOrdinal(greeting, first, peer, 0, peer.Length) == 0;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Akka.Tests.Kit;

/// <summary>
/// Stands before a node: others reach it through this port. Cutting off a peer makes its bytes vanish without closing anything,
/// as when a cable is pulled.
/// </summary>
internal sealed class CuttableProxy : IDisposable
{
    private const string Host = "@127.0.0.1:";
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _sockets = [];
    private volatile int[] _cut = [];
    private volatile bool _isClosed;
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
    public void Cut(params int[] peers) => _cut = peers;

    /// <summary>Breaks every connection there is.</summary>
    public void Reset()
    {
        lock (_sockets)
        {
            foreach (Socket socket in _sockets)
                socket.Close(0);
            _sockets.Clear();
        }
    }

    /// <summary>Breaks every connection and, until opened again, each new one at once.</summary>
    public void Close()
    {
        _isClosed = true;
        Reset();
    }

    public void Open() => _isClosed = false;

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
            if (_isClosed)
                return;
            byte[] greeting = new byte[2048];
            int read = await client.ReceiveAsync(greeting, SocketFlags.None);
            await node.ConnectAsync("127.0.0.1", Target);
            Connection connection = new(greeting.AsSpan(0, read).ToArray());
            await ForwardAsync(greeting.AsMemory(0, read), node, connection);
            await Task.WhenAny(PumpAsync(client, node, connection), PumpAsync(node, client, connection));
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

    private async Task PumpAsync(Socket from, Socket to, Connection connection)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, SocketFlags.None);
            if (read == 0 || !await ForwardAsync(buffer.AsMemory(0, read), to, connection))
                return;
        }
    }

    /// <summary>False when the connection is of no use any more, as bytes of it were swallowed.</summary>
    private async Task<bool> ForwardAsync(ReadOnlyMemory<byte> bytes, Socket to, Connection connection)
    {
        if (_cut.Any(connection.IsFrom))
        {
            connection.HasLost = true;
            return true;
        }

        if (connection.HasLost)
            return false;
        if (Jitter > TimeSpan.Zero)
        {
            double share;
            lock (_random)
                share = _random.NextDouble();
            await Task.Delay(Jitter * share);
        }

        await to.SendAsync(bytes, SocketFlags.None);
        return true;
    }

    /// <summary>A stream, and the greeting that names who opened it.</summary>
    private sealed class Connection(byte[] greeting)
    {
        private readonly string _text = Encoding.Latin1.GetString(greeting);

        public bool HasLost { get; set; }

        /// <summary>The embedded runtime greets with the caller's address as text, before that of who is called; Akka.NET with the caller's port as field 3 of a protobuf message.</summary>
        public bool IsFrom(int port)
        {
            int first = _text.IndexOf(Host, StringComparison.Ordinal);
            if (first < 0)
                return greeting.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x18, (byte)(port & 0x7f | 0x80), (byte)(port >> 7 & 0x7f | 0x80), (byte)(port >> 14)]) >= 0;
            ReadOnlySpan<char> digits = _text.AsSpan(first + Host.Length);
            int length = digits.IndexOfAnyExceptInRange('0', '9');
            return digits[..(length < 0 ? digits.Length : length)].SequenceEqual(port.ToString(CultureInfo.InvariantCulture));
        }
    }
}

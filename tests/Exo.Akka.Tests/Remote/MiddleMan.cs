using System.Net;
using System.Net.Sockets;

namespace Akka.Tests.Remote;

/// <summary>Stands before a node's port and passes on what comes, in its own way.</summary>
internal abstract class MiddleMan : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _connections;

    protected MiddleMan()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The node's own port.</summary>
    public int Target { get; set; }

    public int Connections => _connections;

    public virtual void Dispose() => _listener.Dispose();

    protected abstract Task<(Stream Client, Stream Node)> OpenAsync(Stream client, Stream node);

    protected virtual void Passes(ReadOnlySpan<byte> bytes)
    {
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
        Interlocked.Increment(ref _connections);
        using Socket node = new(SocketType.Stream, ProtocolType.Tcp);
        using Socket ours = client;
        try
        {
            await node.ConnectAsync("127.0.0.1", Target);
            (Stream a, Stream b) = await OpenAsync(new NetworkStream(client), new NetworkStream(node));

            // One end says its last word before the other is closed: a reset would swallow it.
            await Task.WhenAll(PumpAsync(a, b, node), PumpAsync(b, a, client));
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException or IOException)
        {
            // An end of the connection ended.
        }
    }

    private async Task PumpAsync(Stream from, Stream to, Socket last)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                Passes(buffer.AsSpan(0, read));
                await to.WriteAsync(buffer.AsMemory(0, read));
            }

            last.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException or IOException)
        {
            // An end of the connection ended.
        }
    }
}

using System.Net.Sockets;
using Pbm.Protocol;

namespace Pbm;

/// <summary>A greeted connection to a device: its palettes are known, one command runs at a time.</summary>
internal sealed class Connection : IDisposable
{
    private static readonly TimeSpan s_greetingPatience = TimeSpan.FromSeconds(5);
    private readonly TcpClient _client;
    private int _lastId;

    private Connection(TcpClient client, PbmProtocol.Welcome welcome)
    {
        _client = client;
        Welcome = welcome;
    }

    public PbmProtocol.Welcome Welcome { get; }

    /// <exception cref="PbmProtocolException">Nobody listens there, or no device does; the message says which and what to do.</exception>
    public static async Task<Connection> OpenAsync(string host, int port, CancellationToken ct)
    {
        TcpClient client = new() { NoDelay = true };
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(s_greetingPatience);
            await client.ConnectAsync(host, port, patience.Token);
            await PbmFrames.WriteAsync(client.GetStream(), new PbmProtocol.Hello(PbmProtocol.Version), patience.Token);
            PbmProtocol.Message? answer = await PbmFrames.ReadAsync(client.GetStream(), PbmFrames.MaxBytes, patience.Token);
            PbmProtocol.Welcome welcome = answer switch
            {
                PbmProtocol.Welcome { Version: PbmProtocol.Version } same => same,
                PbmProtocol.Welcome other => throw new PbmProtocolException($"{host}:{port} speaks pbm protocol {other.Version}, this program speaks {PbmProtocol.Version}: use the pbm of the same release."),
                PbmProtocol.Reply { Text: { } refusal } => throw new PbmProtocolException(refusal),
                _ => throw new PbmProtocolException($"{host}:{port} closed the connection: is it a command port? `exo status` lists them."),
            };
            return new Connection(client, welcome);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            client.Dispose();
            throw new PbmProtocolException($"No device answers at {host}:{port}: start one with `exo up`, or take the command port that `exo status` shows.", e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command and hands each reply on; the final one is the result.</summary>
    public async Task<PbmProtocol.Reply> InvokeAsync(string palette, string command, Dictionary<string, string> arguments, Action<PbmProtocol.Reply> show, CancellationToken ct)
    {
        int id = ++_lastId;
        try
        {
            await PbmFrames.WriteAsync(_client.GetStream(), new PbmProtocol.Invoke(id, palette, command, arguments), ct);
            while (await PbmFrames.ReadAsync(_client.GetStream(), PbmFrames.MaxBytes, ct) is { } message)
            {
                if (message is PbmProtocol.Reply reply && reply.Id == id)
                {
                    show(reply);
                    if (reply.Final)
                    {
                        return reply;
                    }
                }
            }
        }
        catch (IOException e)
        {
            throw new PbmProtocolException("The device ended the connection: ask again; `exo status` shows who is left.", e);
        }

        throw new PbmProtocolException("The device ended the connection before it had answered: ask again; `exo status` shows who is left.");
    }

    public void Dispose() => _client.Dispose();
}

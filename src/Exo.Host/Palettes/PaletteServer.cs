using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>The command port: greets clients, shows them the palettes and runs what they ask, each connection by itself.</summary>
internal sealed class PaletteServer
{
    /// <summary>Requests are short; a longer frame is no request.</summary>
    private const int MaxRequestBytes = 64 << 10;

    private const int MaxConnections = 32;
    private static readonly TimeSpan s_greetingPatience = TimeSpan.FromSeconds(10);
    private readonly Socket _listener;
    private readonly string _device;
    private readonly IReadOnlyList<PaletteGroup> _groups;
    private readonly ILogger _log;
    private int _connections;

    /// <param name="listener">Bound and listening; owned by this server.</param>
    /// <param name="device">Name for the greeting.</param>
    /// <param name="groups">What can be asked.</param>
    /// <param name="log">Strangers on the port are noted here.</param>
    public PaletteServer(Socket listener, string device, IReadOnlyList<PaletteGroup> groups, ILogger log)
    {
        _listener = listener;
        _device = device;
        _groups = groups;
        _log = log;
    }

    /// <summary>Serves until cancelled; then every connection is ended.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(ct);
                open.RemoveAll(task => task.IsCompleted);
                if (Interlocked.Increment(ref _connections) > MaxConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    client.Dispose();
                    continue;
                }

                open.Add(ServeAsync(client, ct));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _listener.Dispose();
        }

        await Task.WhenAll(open);
    }

    private async Task ServeAsync(Socket client, CancellationToken ct)
    {
        try
        {
            client.NoDelay = true;
            await using NetworkStream stream = new(client, ownsSocket: true);
            if (await GreetAsync(stream, ct))
            {
                while (await PbmFrames.ReadAsync(stream, MaxRequestBytes, ct) is { } message)
                {
                    PbmProtocol.Invoke invoke = message as PbmProtocol.Invoke ?? throw new PbmProtocolException($"A client sent {message.GetType().Name} where a command was due.");
                    PbmProtocol.Reply reply = await InvokeAsync(invoke, ct);
                    await PbmFrames.WriteAsync(stream, reply with { Id = invoke.Id }, ct);
                }
            }
        }
        catch (PbmProtocolException e)
        {
            _log.LogWarning(EventIds.Stranger, "Command port: {Reason}", e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            _log.LogDebug(EventIds.ClientGone, "Command port: a connection ended: {Reason}", e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task<bool> GreetAsync(NetworkStream stream, CancellationToken ct)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_greetingPatience);
        if (await PbmFrames.ReadAsync(stream, MaxRequestBytes, patience.Token) is not PbmProtocol.Hello hello)
        {
            return false;
        }

        await PbmFrames.WriteAsync(stream, new PbmProtocol.Welcome(PbmProtocol.Version, _device, [.. _groups.Select(group => group.Definition)]), patience.Token);
        return hello.Version == PbmProtocol.Version;
    }

    private async Task<PbmProtocol.Reply> InvokeAsync(PbmProtocol.Invoke invoke, CancellationToken ct)
    {
        PaletteCommand? command = _groups.FirstOrDefault(group => group.Name == invoke.Palette)?.Commands.FirstOrDefault(command => command.Definition.Name == invoke.Command);
        if (command is null)
        {
            return Replies.Failure($"There is no command '{invoke.Palette} {invoke.Command}'.", exitCode: 2);
        }

        if (command.Definition.Arguments.FirstOrDefault(argument => argument.Mandatory && !invoke.Arguments.ContainsKey(argument.Name)) is { } missing)
        {
            return Replies.Failure($"'{invoke.Palette} {invoke.Command}' needs '{missing.Name}': {missing.Description}", exitCode: 2);
        }

        try
        {
            return await command.Run(invoke.Arguments, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.LogError(EventIds.CommandFailed, e, "Command {Palette} {Command} failed", invoke.Palette, invoke.Command);
            return Replies.Failure($"The command failed: {e.Message}");
        }
    }
}

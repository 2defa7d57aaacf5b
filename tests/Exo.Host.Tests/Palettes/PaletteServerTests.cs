using System.Net;
using System.Net.Sockets;
using System.Text;
using Exo.Actors;
using Exo.Host.Palettes;
using Exo.Host.Tests.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using Pbm.Protocol;

namespace Exo.Host.Tests.Palettes;

public sealed class PaletteServerTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ScriptedNode _node = new();
    private Task _serving = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        ScriptedNode node = _node;
        _serving = new PaletteServer(_listener, "one", [ClusterPalette.Create(node, node), ActorPalette.Create(node), ExoPalette.Create(node, node, new ScriptedText())], NullLogger.Instance).RunAsync(_ending.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _ending.CancelAsync();
        await _serving;
    }

    public void Dispose()
    {
        _ending.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_client_is_greeted_with_the_palettes()
    {
        using TcpClient client = await GreetedAsync();
        Assert.True(client.Connected);
    }

    [Theory]
    [InlineData("cluster", "show", "one (this one)")]
    [InlineData("cluster", "members", "127.0.0.1:1")]
    [InlineData("exo", "ring", "toy")]
    [InlineData("exo", "devices", "Up")]
    [InlineData("exo", "models", "other")]
    [InlineData("exo", "sessions", "paused")]
    public async Task A_command_is_answered_with_rows_and_json(string palette, string command, string cell)
    {
        PbmProtocol.Reply reply = await AskAsync(palette, command);
        Assert.True(reply.Final);
        Assert.Equal(0, reply.ExitCode);
        Assert.Contains(cell, reply.Table!.Rows.SelectMany(row => row));
        Assert.NotNull(reply.Json);
    }

    [Fact]
    public async Task Only_members_without_heartbeats_are_unreachable()
    {
        Assert.Contains("reachable", (await AskAsync("cluster", "unreachable")).Text);
        _node.Snapshot = _node.Snapshot with { Members = [.. _node.Snapshot.Members, new MemberView("127.0.0.1:9", "two", "Up", false, false, 1, null)] };

        PbmProtocol.Reply reply = await AskAsync("cluster", "unreachable");

        string[] row = Assert.Single(reply.Table!.Rows);
        Assert.Equal("two", row[0]);
    }

    [Theory]
    [InlineData("leave", null, 0, "leave one")]
    [InlineData("leave", "two", 0, "leave two")]
    [InlineData("down", "two", 0, "down two")]
    [InlineData("down", "nosuch", 1, null)]
    [InlineData("down", null, 2, null)]
    public async Task Members_leave_and_are_removed_by_name(string command, string? device, int exitCode, string? done)
    {
        PbmProtocol.Reply reply = device is null ? await AskAsync("cluster", command) : await AskAsync("cluster", command, ("device", device));

        Assert.Equal(exitCode, reply.ExitCode);
        Assert.Equal(done, _node.Done);
    }

    [Fact]
    public async Task The_tree_of_actors_is_shown_as_it_is()
    {
        PbmProtocol.Reply reply = await AskAsync("actor", "hierarchy");
        Assert.Contains("-> keeper", reply.Text);
        Assert.Equal(2, reply.Json!.Value.GetArrayLength());
    }

    [Theory]
    [InlineData("load", "toy", 0)]
    [InlineData("load", "nosuch", 1)]
    [InlineData("unload", "toy", 0)]
    [InlineData("unload", "other", 1)]
    public async Task Models_are_loaded_and_unloaded_by_name(string command, string model, int exitCode)
    {
        PbmProtocol.Reply reply = await AskAsync("exo", command, ("model", model));
        Assert.Equal(exitCode, reply.ExitCode);
        Assert.NotEmpty(reply.Text!);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_or_lacks_an_argument_is_refused()
    {
        Assert.Equal(2, (await AskAsync("exo", "dance")).ExitCode);
        Assert.Equal(2, (await AskAsync("exo", "load")).ExitCode);
        Assert.Equal(2, (await AskAsync("exo", "load", ("model", "toy"), ("stages", "many"))).ExitCode);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u007f\u007f\u007f\u007f")]
    [InlineData("\0\0\0\u0005hello")]
    [InlineData("\0\0\0\0")]
    [InlineData("\0\0")]
    public async Task Garbage_ends_its_own_connection_and_nothing_else(string bytes)
    {
        using (TcpClient stranger = new())
        {
            await stranger.ConnectAsync((IPEndPoint)_listener.LocalEndPoint!);
            NetworkStream stream = stranger.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
            stranger.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await ReadToEndAsync(stream));
        }

        Assert.Equal(0, (await AskAsync("cluster", "status")).ExitCode);
    }

    private static async Task<int> ReadToEndAsync(NetworkStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[16]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (IOException)
        {
            // A reset is an end too.
            return 0;
        }
    }

    private async Task<TcpClient> GreetedAsync()
    {
        TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndPoint!);
        await PbmFrames.WriteAsync(client.GetStream(), new PbmProtocol.Hello(PbmProtocol.Version), CancellationToken.None);
        PbmProtocol.Welcome welcome = Assert.IsType<PbmProtocol.Welcome>(await PbmFrames.ReadAsync(client.GetStream(), PbmFrames.MaxBytes, CancellationToken.None));
        Assert.Equal(["cluster", "actor", "exo"], welcome.Palettes.Select(palette => palette.Name));
        return client;
    }

    private async Task<PbmProtocol.Reply> AskAsync(string palette, string command, params (string Name, string Value)[] arguments)
    {
        using TcpClient client = await GreetedAsync();
        await PbmFrames.WriteAsync(client.GetStream(), new PbmProtocol.Invoke(5, palette, command, arguments.ToDictionary(a => a.Name, a => a.Value)), CancellationToken.None);
        PbmProtocol.Reply reply = Assert.IsType<PbmProtocol.Reply>(await PbmFrames.ReadAsync(client.GetStream(), PbmFrames.MaxBytes, CancellationToken.None));
        Assert.Equal(5, reply.Id);
        return reply;
    }
}

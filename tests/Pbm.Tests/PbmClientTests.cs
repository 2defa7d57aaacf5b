using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Pbm.Protocol;

namespace Pbm.Tests;

/// <summary>The client against a device that knows one palette. The console is shared, so these run one after the other.</summary>
[Collection("console")]
public sealed class PbmClientTests
{
    private static readonly PbmProtocol.Palette s_palette = new("exo", "Things.",
    [
        new PbmProtocol.CommandDefinition("ring", "Shows the ring.", []),
        new PbmProtocol.CommandDefinition("load", "Loads a model.", [new("model", "Its name.", true, true, false), new("stages", "How many.", false, false, false), new("now", "At once.", false, false, true)]),
    ]);

    [Fact]
    public async Task A_command_is_sent_and_its_table_is_shown()
    {
        (int code, string output, _, PbmProtocol.Invoke? asked) = await RunAsync(["exo", "ring"]);
        Assert.Equal(0, code);
        Assert.Contains("MODEL", output);
        Assert.Contains("toy", output);
        Assert.DoesNotContain("\e", output);
        Assert.Equal("ring", asked?.Command);
    }

    [Fact]
    public async Task With_json_the_json_alone_is_printed()
    {
        (int code, string output, _, _) = await RunAsync(["exo", "ring", "--json"]);
        Assert.Equal(0, code);
        Assert.Equal("""{"rings":[]}""", output.Trim());
    }

    [Fact]
    public async Task Arguments_are_sent_by_name()
    {
        (_, _, _, PbmProtocol.Invoke? asked) = await RunAsync(["exo", "load", "toy", "--stages", "3", "--now"]);
        Assert.Equal(("toy", "3", "true"), (asked!.Arguments["model"], asked.Arguments["stages"], asked.Arguments["now"]));
    }

    [Theory]
    [InlineData("exo", "rong")]
    [InlineData("exo", "load")]
    [InlineData("exo", "ring", "--nosuch")]
    public async Task Wrong_usage_ends_with_two_and_asks_nothing(params string[] args)
    {
        (int code, _, _, PbmProtocol.Invoke? asked) = await RunAsync(args);
        Assert.Equal(2, code);
        Assert.Null(asked);
    }

    [Theory]
    [InlineData("exo", "--help")]
    [InlineData("exo", "load", "--help")]
    public async Task Help_tells_what_the_device_can_do(params string[] args)
    {
        (int code, string output, _, _) = await RunAsync(args);
        Assert.Equal(0, code);
        Assert.Contains("Loads a model.", output);
    }

    [Fact]
    public async Task Without_a_command_lines_are_read_until_the_end()
    {
        (int code, string output, _, PbmProtocol.Invoke? asked) = await RunAsync([], "exo ring --json\nexit\n");
        Assert.Equal(0, code);
        Assert.Contains("rings", output);
        Assert.NotNull(asked);
    }

    [Theory]
    [InlineData("", "exo,--json")]
    [InlineData("e", "exo")]
    [InlineData("exo ", "ring,load")]
    [InlineData("exo lo", "load")]
    [InlineData("exo load toy --s", "--stages")]
    [InlineData("cluster ", "")]
    public void Tab_offers_what_may_follow(string line, string offered)
    {
        RootCommand root = CommandTree.Build(new PbmProtocol.Welcome(PbmProtocol.Version, "one", [s_palette]), (_, _, _, _, _) => Task.FromResult(0));

        string[] all = LinePrompt.Complete(root, line);

        Assert.All(offered.Split(',', StringSplitOptions.RemoveEmptyEntries), word => Assert.Contains(word, all));
        Assert.All(all, word => Assert.StartsWith(line[(line.LastIndexOf(' ') + 1)..], word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_no_device_listens_the_remedy_is_told()
    {
        using StringWriter error = new();
        TextWriter before = Console.Error;
        Console.SetError(error);
        try
        {
            int code = await PbmClient.RunAsync(["127.0.0.1:1", "exo", "ring"], TextReader.Null, CancellationToken.None);
            Assert.Equal(1, code);
            Assert.Contains("exo up", error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:9110", true)]
    [InlineData("[::1]:9110", true)]
    [InlineData("localhost:0", false)]
    [InlineData(":9110", false)]
    [InlineData("a:b", false)]
    public void An_address_is_host_and_port(string text, bool valid) => Assert.Equal(valid, PbmClient.TryAddress(text, out _, out _));

    private static async Task<(int Code, string Output, string Error, PbmProtocol.Invoke? Asked)> RunAsync(string[] args, string input = "")
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<PbmProtocol.Invoke?> serving = ServeAsync(listener);
        using StringWriter output = new();
        using StringWriter error = new();
        (TextWriter outBefore, TextWriter errorBefore) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            int code = await PbmClient.RunAsync([listener.LocalEndpoint.ToString()!, .. args], new StringReader(input), CancellationToken.None);
            return (code, output.ToString(), error.ToString(), await serving);
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }

    private static async Task<PbmProtocol.Invoke?> ServeAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        PbmProtocol.Invoke? asked = null;
        using JsonDocument json = JsonDocument.Parse("""{"rings":[]}""");
        while (await PbmFrames.ReadAsync(stream, PbmFrames.MaxBytes, CancellationToken.None) is { } message)
        {
            if (message is PbmProtocol.Invoke invoke)
            {
                asked = invoke;
                await PbmFrames.WriteAsync(stream, new PbmProtocol.Reply(invoke.Id, null, new PbmProtocol.Table(["model"], [["toy"]]), json.RootElement, true, 0), CancellationToken.None);
            }
            else
            {
                await PbmFrames.WriteAsync(stream, new PbmProtocol.Welcome(PbmProtocol.Version, "one", [s_palette]), CancellationToken.None);
            }
        }

        return asked;
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Pbm.Protocol;

namespace Pbm;

/// <summary>`pbm [host:port] [palette command …]`: runs one command, or a prompt when none is given.</summary>
internal static class PbmClient
{
    private const string DefaultHost = "127.0.0.1";
    private const int DefaultPort = 9110;

    private const string Help = """
        pbm: asks a running Exo device

        Usage:
          pbm [host:port] <palette> <command> [arguments] [--json]
          pbm [host:port]                      a prompt for commands, with history and completion
          pbm [host:port] --help               what this device can be asked

        The address is the command port that `exo up` and `exo status` show; without one it is 127.0.0.1:9110.

        Examples:
          pbm 127.0.0.1:9110 cluster show
          pbm 127.0.0.1:9110 exo ring --json
          pbm 127.0.0.1:9110 exo load exo-demo --stages 3

        Exit codes: 0 done, 1 failed or no device there, 2 wrong usage.
        """;

    public static async Task<int> RunAsync(string[] args, TextReader input, CancellationToken ct)
    {
        if (args is ["--help" or "-h" or "-?" or "help", ..])
        {
            Console.WriteLine(Help);
            return ExitCode.Ok;
        }

        if (args is ["--version"])
        {
            Console.WriteLine(typeof(PbmClient).Assembly.GetName().Version?.ToString(3));
            return ExitCode.Ok;
        }

        (string host, int port) = (DefaultHost, DefaultPort);
        if (args.Length > 0 && args[0].Contains(':', StringComparison.Ordinal))
        {
            if (!TryAddress(args[0], out host, out port))
            {
                Console.Error.WriteLine($"'{args[0]}' is no address: give host:port, as 127.0.0.1:9110.");
                return ExitCode.Usage;
            }

            args = args[1..];
        }

        try
        {
            using Connection connection = await Connection.OpenAsync(host, port, ct);
            RootCommand root = CommandTree.Build(connection.Welcome, (palette, command, values, json, token) => InvokeAsync(connection, palette, command, values, json, token));
            return args.Length > 0 ? await ParseAsync(root, args, ct) : await PromptAsync(root, connection, input, ct);
        }
        catch (PbmProtocolException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failure;
        }
    }

    internal static bool TryAddress(string text, out string host, out int port)
    {
        int colon = text.LastIndexOf(':');
        host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        return int.TryParse(text.AsSpan(colon + 1), out port) && port is > 0 and <= 65535 && host.Length > 0;
    }

    private static async Task<int> InvokeAsync(Connection connection, string palette, string command, Dictionary<string, string> values, bool json, CancellationToken ct)
    {
        PbmProtocol.Reply last = await connection.InvokeAsync(palette, command, values, reply => Screen.Show(reply, json, Console.Out, Console.Error), ct);
        return last.ExitCode;
    }

    private static async Task<int> ParseAsync(RootCommand root, IReadOnlyList<string> args, CancellationToken ct)
    {
        ParseResult parse = root.Parse(args);
        int code = await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, ct);
        return parse.Action is ParseErrorAction ? ExitCode.Usage : code;
    }

    private static async Task<int> PromptAsync(RootCommand root, Connection connection, TextReader input, CancellationToken ct)
    {
        Func<CancellationToken, Task<string?>> read = token => input.ReadLineAsync(token).AsTask();
        if (!Console.IsInputRedirected && !Console.IsOutputRedirected)
        {
            Console.WriteLine($"Device {connection.Welcome.Device}. Tab completes, `--help` shows the commands, `exit` leaves.");
            read = LinePrompt.For(root);
        }

        int last = ExitCode.Ok;
        while (true)
        {
            string? line = await read(ct);
            if (line is null || line.Trim() is "exit" or "quit")
            {
                return last;
            }

            if (line.Trim().Length > 0)
            {
                last = await ParseAsync(root, [.. CommandLineParser.SplitCommandLine(line is "help" ? "--help" : line)], ct);
            }
        }
    }
}

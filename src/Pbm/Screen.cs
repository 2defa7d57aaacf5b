using Pbm.Protocol;
using Spectre.Console;

namespace Pbm;

/// <summary>Shows replies: JSON alone for programs, tables and text for people; no colour where nobody looks.</summary>
internal static class Screen
{
    /// <summary>Wide enough that no row of a redirected table is folded.</summary>
    private const int RedirectedWidth = 400;

    public static void Show(PbmProtocol.Reply reply, bool json, TextWriter output, TextWriter error)
    {
        if (json && reply.Json is { } element)
        {
            output.WriteLine(element.GetRawText());
            return;
        }

        if (reply.Table is { } table && !json)
        {
            Show(table, output);
        }

        if (reply.Text is { Length: > 0 } text)
        {
            (reply.ExitCode == ExitCode.Ok && !json ? output : error).WriteLine(text);
        }
    }

    private static void Show(PbmProtocol.Table table, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        Table grid = new() { Border = TableBorder.None, ShowRowSeparators = false };
        grid.AddColumns([.. table.Columns.Select(name => new TableColumn(new Text(name.ToUpperInvariant())).NoWrap())]);
        foreach (string[] row in table.Rows)
        {
            grid.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(grid);
    }
}

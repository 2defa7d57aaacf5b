using Spectre.Console;

namespace Exo.Host.Terminal;

/// <summary>What people see: tables and a little colour on a terminal, plain unfolded lines in a pipe or with NO_COLOR.</summary>
internal sealed class Screen
{
    /// <summary>Wide enough that no row of a redirected table is folded.</summary>
    private const int RedirectedWidth = 400;

    private readonly TextWriter _output;

    public Screen(TextWriter output, bool redirected)
    {
        _output = output;
        IsTerminal = !redirected;
        HasColour = IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    }

    public static Screen Standard => new(Console.Out, Console.IsOutputRedirected);

    public bool IsTerminal { get; }

    public bool HasColour { get; }

    public void Line(string text = "") => _output.WriteLine(text);

    public void Write(string text)
    {
        _output.Write(text);
        _output.Flush();
    }

    /// <summary>Text as it is, to the last character; a terminal gets the line's end that its prompt needs.</summary>
    public void Whole(string text) => Write(IsTerminal && !text.EndsWith('\n') ? text + Environment.NewLine : text);

    public string Bold(string text) => HasColour ? $"\e[1m{text}\e[0m" : text;

    public string Faint(string text) => HasColour ? $"\e[2m{text}\e[0m" : text;

    public string Warn(string text) => HasColour ? $"\e[33m{text}\e[0m" : text;

    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_output),
            Ansi = HasColour ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = HasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        Table grid = new() { Border = TableBorder.None };
        grid.AddColumns([.. columns.Select(name => new TableColumn(new Text(name.ToUpperInvariant(), HasColour ? new Style(decoration: Decoration.Dim) : null)).NoWrap())]);
        foreach (string[] row in rows)
        {
            grid.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(grid);
    }
}

using System.CommandLine;
using System.CommandLine.Completions;
using RadLine;
using Spectre.Console;

namespace Pbm;

/// <summary>The line that a person edits: Up and Down walk through earlier lines, Tab completes, Ctrl+D on an empty line leaves.</summary>
internal static class LinePrompt
{
    /// <summary>Reads lines until Ctrl+D.</summary>
    public static Func<CancellationToken, Task<string?>> For(RootCommand root)
    {
        LineEditor editor = new(AnsiConsole.Console) { Prompt = new LineEditorPrompt("pbm>"), Completion = new Completion(root) };
        editor.KeyBindings.Add<PreviousHistoryCommand>(ConsoleKey.UpArrow);
        editor.KeyBindings.Add<NextHistoryCommand>(ConsoleKey.DownArrow);
        editor.KeyBindings.Add(ConsoleKey.D, ConsoleModifiers.Control, () => new LeaveCommand());
        return editor.ReadLine;
    }

    /// <summary>What may stand at the end of <paramref name="line"/>: palettes, commands or options that begin with its last word.</summary>
    public static string[] Complete(RootCommand root, string line)
    {
        int word = line.LastIndexOf(' ') + 1;
        return [.. root.Parse(line).GetCompletions(line.Length)
            .Select(item => item.InsertText ?? item.Label)
            .Where(text => text.StartsWith(line[word..], StringComparison.Ordinal) && text is not ("-h" or "-?" or "/h" or "/?"))
            .Distinct()];
    }

    private sealed class Completion(RootCommand root) : ITextCompletion
    {
        public IEnumerable<string> GetCompletions(string prefix, string word, string suffix) => Complete(root, prefix + word);
    }

    private sealed class LeaveCommand : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            if (context.Buffer.Length == 0)
            {
                context.Submit(SubmitAction.Cancel);
            }
        }
    }
}

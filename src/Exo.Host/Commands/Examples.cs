using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Exo.Host.Commands;

/// <summary>Adds examples to a command's --help.</summary>
internal static class Examples
{
    public static Command WithExamples(this Command command, params string[] lines)
    {
        HelpOption help = new();
        help.Action = new ExampleHelp((SynchronousCommandLineAction)help.Action!, lines);
        command.Options.Add(help);
        return command;
    }

    private sealed class ExampleHelp(SynchronousCommandLineAction standard, string[] lines) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string line in lines)
            {
                output.WriteLine("  " + line);
            }

            output.WriteLine();
            return code;
        }
    }
}

using System.CommandLine;
using Exo.Engine.Grammars;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo grammar-check`: which texts a schema, grammar or expression lets through.</summary>
internal static class GrammarCheckCommand
{
    public static Command Create()
    {
        ConstraintOptions constraint = new();
        Option<string> lines = new("--lines") { Description = "A file with one text per line, each a JSON string.", HelpName = "FILE", Required = true };
        Command command = new("grammar-check", "Tell which texts an output constraint lets through: true or false for each line.") { lines };
        constraint.AddTo(command, required: true);
        command.SetAction(parse =>
        {
            Grammar grammar = constraint.Read(parse)!;
            try
            {
                foreach (string line in EngineArguments.ReadLines(parse.GetValue(lines)!))
                {
                    Screen.Standard.Line(grammar.Matches(line) ? "true" : "false");
                }

                return ExitCode.Ok;
            }
            catch (GrammarException e)
            {
                throw new CommandFailureException(e.Message, e);
            }
        });
        return command.WithExamples("exo grammar-check --schema person.json --lines texts.jsonl", "exo grammar-check --regex \"[0-9]+\" --lines texts.jsonl");
    }
}

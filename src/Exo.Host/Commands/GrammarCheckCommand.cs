using System.CommandLine;
using Exo.Engine.Grammars;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo grammar-check`: which texts a schema, grammar or expression lets through.</summary>
internal static class GrammarCheckCommand
{
    public static Command Create()
    {
        Option<string?> schema = new("--schema") { Description = "A JSON schema.", HelpName = "FILE" };
        Option<string?> gbnf = new("--gbnf") { Description = "A grammar in GBNF.", HelpName = "FILE" };
        Option<string?> regex = new("--regex") { Description = "A regular expression, which must match the whole text.", HelpName = "TEXT" };
        Option<string> lines = new("--lines") { Description = "A file with one text per line, each a JSON string.", HelpName = "FILE", Required = true };
        Command command = new("grammar-check", "Tell which texts an output constraint lets through: true or false for each line.") { schema, gbnf, regex, lines };
        command.Validators.Add(result =>
        {
            if (new Option[] { schema, gbnf, regex }.Count(option => result.GetResult(option) is not null) != 1)
            {
                result.AddError("Give one of --schema, --gbnf and --regex.");
            }
        });
        command.SetAction(parse =>
        {
            try
            {
                Grammar grammar = parse.GetValue(schema) is { } path ? Grammar.FromJsonSchema(EngineArguments.ReadJson(path))
                    : parse.GetValue(gbnf) is { } source ? Grammar.FromGbnf(EngineArguments.ReadText(source))
                    : Grammar.FromRegex(parse.GetValue(regex)!);
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

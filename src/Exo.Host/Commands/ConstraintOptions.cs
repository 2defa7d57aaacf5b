using System.CommandLine;
using System.CommandLine.Parsing;
using Exo.Engine.Grammars;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>What an output must be, as options of a command.</summary>
internal sealed class ConstraintOptions
{
    private readonly Option<string?> _schema = new("--schema") { Description = "A JSON schema.", HelpName = "FILE" };
    private readonly Option<string?> _gbnf = new("--gbnf") { Description = "A grammar in GBNF.", HelpName = "FILE" };
    private readonly Option<string?> _regex = new("--regex") { Description = "A regular expression, which must match the whole text.", HelpName = "TEXT" };

    private IEnumerable<Option> All => [_schema, _gbnf, _regex];

    public void AddTo(Command command, bool required)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            int given = All.Count(option => result.GetResult(option) is not null);
            if (given > 1 || (required && given == 0))
            {
                result.AddError("Give one of --schema, --gbnf and --regex.");
            }
        });
    }

    /// <summary>Null where none is given.</summary>
    /// <exception cref="CommandFailureException">It cannot be read or enforced.</exception>
    public Grammar? Read(ParseResult parse)
    {
        try
        {
            return parse.GetValue(_schema) is { } schema ? Grammar.FromJsonSchema(EngineArguments.ReadJson(schema))
                : parse.GetValue(_gbnf) is { } gbnf ? Grammar.FromGbnf(EngineArguments.ReadText(gbnf))
                : parse.GetValue(_regex) is { } regex ? Grammar.FromRegex(regex)
                : null;
        }
        catch (GrammarException e)
        {
            throw new CommandFailureException(e.Message, e);
        }
    }
}

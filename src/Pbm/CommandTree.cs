using System.CommandLine;
using Pbm.Protocol;

namespace Pbm;

/// <summary>The palettes of a device as a command line: help, errors and suggestions come with it.</summary>
internal static class CommandTree
{
    public static RootCommand Build(PbmProtocol.Welcome welcome, Func<string, string, Dictionary<string, string>, bool, CancellationToken, Task<int>> invoke)
    {
        RootCommand root = new($"Commands of device {welcome.Device}. Example: pbm HOST:PORT cluster show --json");
        Option<bool> json = new("--json") { Description = "Print the answer as JSON.", Recursive = true };
        root.Options.Add(json);
        foreach (PbmProtocol.Palette palette in welcome.Palettes)
        {
            Command group = new(palette.Name, palette.Description);
            foreach (PbmProtocol.CommandDefinition definition in palette.Commands)
            {
                group.Subcommands.Add(Leaf(palette.Name, definition, json, invoke));
            }

            root.Subcommands.Add(group);
        }

        return root;
    }

    private static Command Leaf(string palette, PbmProtocol.CommandDefinition definition, Option<bool> json, Func<string, string, Dictionary<string, string>, bool, CancellationToken, Task<int>> invoke)
    {
        Command leaf = new(definition.Name, definition.Description);
        List<Func<ParseResult, (string Name, string? Value)>> readers = [];
        foreach (PbmProtocol.ArgumentDefinition argument in definition.Arguments)
        {
            if (argument.Positional)
            {
                Argument<string?> positional = new(argument.Name) { Description = argument.Description, Arity = argument.Mandatory ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
                leaf.Arguments.Add(positional);
                readers.Add(parse => (argument.Name, parse.GetValue(positional)));
            }
            else if (argument.Flag)
            {
                Option<bool> flag = new("--" + argument.Name) { Description = argument.Description };
                leaf.Options.Add(flag);
                readers.Add(parse => (argument.Name, parse.GetValue(flag) ? "true" : null));
            }
            else
            {
                Option<string?> option = new("--" + argument.Name) { Description = argument.Description, Required = argument.Mandatory };
                leaf.Options.Add(option);
                readers.Add(parse => (argument.Name, parse.GetValue(option)));
            }
        }

        leaf.SetAction((parse, ct) =>
        {
            Dictionary<string, string> values = readers.Select(read => read(parse)).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value!);
            return invoke(palette, definition.Name, values, parse.GetValue(json), ct);
        });
        return leaf;
    }
}

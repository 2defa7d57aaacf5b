using System.CommandLine;
using System.CommandLine.Invocation;
using Akka.Configuration;
using Exo.Engine.Formats;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>The `exo` command line, and the one place where failures become exit codes.</summary>
internal static class CommandLine
{
    /// <summary>After Ctrl+C or SIGTERM a command has so long to leave in peace.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(15);

    public static RootCommand Create() => new("Exo serves language models over a ring of devices. `exo demo` shows it on this machine.")
    {
        DemoCommand.Create(),
        UpCommand.Create(),
        RunCommand.Create(),
        StatusCommand.Create(),
        RingCommand.Create(),
        DoctorCommand.Create(), KeyCommand.Create(), ConfigCommand.Create(),
        InspectCommand.Create(), TokenizeCommand.Create(), DetokenizeCommand.Create(), RenderTemplateCommand.Create(), LogitsCommand.Create(), GenerateCommand.Create(), DequantizeCommand.Create(),
        ParseOutputCommand.Create(), GrammarCheckCommand.Create(),
    };

    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = Create();
        // A text that begins with @ is a text, not a file of arguments.
        ParseResult parse = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            int code = await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = s_farewell });
            return parse.Action is ParseErrorAction ? ExitCode.Usage : code;
        }
        catch (CommandFailureException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
        catch (ConfigurationException e)
        {
            return Fail(e.Message, ExitCode.Usage);
        }
        catch (ModelFileException e)
        {
            return Fail(e.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(e.Message, ExitCode.Failure);
        }
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}

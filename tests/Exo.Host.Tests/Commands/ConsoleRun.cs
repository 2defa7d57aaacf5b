using Exo.Host.Commands;

namespace Exo.Host.Tests.Commands;

/// <summary>One command line in this process, with what it prints. Only for tests of the collection "console".</summary>
internal static class ConsoleRun
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        (TextWriter outBefore, TextWriter errorBefore) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            int code = await CommandLine.RunAsync(args);
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }
}

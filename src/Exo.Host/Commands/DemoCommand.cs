using System.CommandLine;
using Exo.Host.Demo;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo demo`: three devices on this machine, one model, one question.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "End after the answer." };
        Option<bool> kill = new("--kill") { Description = "Kill the middle device half-way through the answer." };
        Option<int> stages = new("--stages") { Description = "How many devices, and slices of the model.", DefaultValueFactory = _ => 3, HelpName = "N" };
        Option<string> question = new("--question") { Description = "What to ask.", DefaultValueFactory = _ => DemoRun.DefaultQuestion, HelpName = "TEXT" };
        Command command = new("demo", "Start some devices on this machine, cut the embedded model between them and ask it.") { once, kill, stages, question };
        command.Validators.Add(result =>
        {
            if (result.GetResult(stages) is not { } given || !int.TryParse(given.Tokens is [{ Value: string text }] ? text : "3", out int count))
            {
                return;
            }

            int least = result.GetValue(kill) ? 2 : 1;
            if (count < least || count > 8)
            {
                result.AddError($"--stages is {count}; give {least} to 8.");
            }
        });
        command.SetAction((parse, ct) => new DemoRun(Screen.Standard, parse.GetValue(stages), parse.GetValue(question)!).RunAsync(parse.GetValue(once), parse.GetValue(kill), ct));
        return command.WithExamples("exo demo", "exo demo --once", "exo demo --kill --once", "exo demo --stages 2 --question \"What is a ring?\"");
    }
}

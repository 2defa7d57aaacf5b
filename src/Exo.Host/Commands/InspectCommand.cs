using System.CommandLine;
using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo inspect`: what a model file is and needs.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> model = EngineArguments.Model();
        Option<KvCacheType?> cache = EngineArguments.Cache("f16, as devices have it");
        Option<bool> json = new("--json") { Description = "Print all of it as JSON." };
        Command command = new("inspect", "Show what a model is, how it is stored and what memory it needs.") { model, cache, json };
        command.SetAction(parse =>
        {
            using ModelFile file = EngineArguments.Open(parse.GetValue(model)!);
            Inspection found = Inspection.Of(file, parse.GetValue(cache) ?? KvCacheType.F16);
            if (parse.GetValue(json))
            {
                Screen.Standard.Line(EngineArguments.Json(found.ToJson(), indented: true));
            }
            else
            {
                found.Show(Screen.Standard);
            }

            return ExitCode.Ok;
        });
        return command.WithExamples("exo inspect exo-demo", "exo inspect ./model.gguf --json", "exo inspect ./folder --kv-cache q8");
    }
}

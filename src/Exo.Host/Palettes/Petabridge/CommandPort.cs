using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Exo.Actors;
using Microsoft.Extensions.Logging;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>
/// The palettes in Petabridge.Cmd, for a build with its packages; the real `pbm` is its client. Its own `cluster` and `actor`
/// palettes replace ours. The address is `petabridge.cmd.host` and `.port` of the configuration.
/// </summary>
internal static class CommandPort
{
    /// <inheritdoc cref="CommandPort"/>
    public static async Task ServeAsync(Socket listener, string device, IReadOnlyList<PaletteGroup> groups, ExoNode node, ILogger<PaletteServer> log, CancellationToken ct)
    {
        listener.Dispose();
        try
        {
            // It lives and dies with an actor system, of which a device may have several in its life.
            await foreach (ActorSystem system in node.SystemsAsync(ct))
            {
                PetabridgeCmd host = PetabridgeCmd.Get(system);
                foreach (PaletteGroup group in groups.Where(group => group.Name is not ("cluster" or "actor")))
                {
                    host.RegisterCommandPalette(new PaletteHandler(group, Palette(group)));
                }

                host.Start();
                log.LogInformation("The commands of {Device} are served by Petabridge.Cmd.", device);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            log.LogDebug("The commands of {Device} are no longer served.", device);
        }
    }

    private static CommandPalette Palette(PaletteGroup group) => new(group.Name, group.Commands.Select(command =>
    {
        CommandDefinitionBuilder builder = new CommandDefinitionBuilder().WithName(command.Definition.Name).WithDescription(command.Definition.Description);
        foreach (PbmProtocol.ArgumentDefinition argument in command.Definition.Arguments)
        {
            builder = builder.WithArgument(part => part.WithName(argument.Name).WithDescription(argument.Description).IsMandatory(argument.Mandatory).WithSwitch("--" + argument.Name));
        }

        return builder.Build();
    }));

    private sealed class PaletteHandler(PaletteGroup group, CommandPalette palette) : CommandPaletteHandler(palette)
    {
        public override Props HandlerProps => Props.Create(() => new PaletteActor(group, palette));
    }

    /// <summary>One for each client; answers are text.</summary>
    private sealed class PaletteActor : CommandHandlerActor
    {
        public PaletteActor(PaletteGroup group, CommandPalette palette)
            : base(palette)
        {
            foreach (PaletteCommand command in group.Commands)
            {
                Process(command.Definition.Name, (_, arguments) =>
                {
                    Dictionary<string, string> values = [];
                    foreach (PbmProtocol.ArgumentDefinition argument in command.Definition.Arguments)
                    {
                        if (arguments.ArgumentValues(argument.Name).FirstOrDefault() is { } value)
                        {
                            values[argument.Name] = value;
                        }
                    }

                    command.Run(values, CancellationToken.None).PipeTo(
                        Sender,
                        Self,
                        success: Answer,
                        failure: error => new ErroredCommandResponse(string.Create(CultureInfo.InvariantCulture, $"The command failed: {error.Message}")));
                });
            }
        }

        private static object Answer(PbmProtocol.Reply reply)
        {
            string text = reply.Table is { } table
                ? string.Join(Environment.NewLine, table.Rows.Prepend(table.Columns).Select(row => string.Join('\t', row)))
                : reply.Text ?? "";
            return reply.ExitCode == 0 ? new CommandResponse(text) : new ErroredCommandResponse(text);
        }
    }
}

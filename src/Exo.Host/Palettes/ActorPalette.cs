using Exo.Host.Generation;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>`pbm … actor`: what runs inside the device.</summary>
internal static class ActorPalette
{
    public static PaletteGroup Create(IDeviceControl control) => new("actor", "The actors of this device.",
    [
        new(new PbmProtocol.CommandDefinition("hierarchy", "The tree of actors, with types and queued messages.", []), (_, _) => Task.FromResult(Hierarchy(control))),
    ]);

    private static PbmProtocol.Reply Hierarchy(IDeviceControl control)
    {
        string tree = control.ActorTree.TrimEnd();
        return Replies.Text(tree, json =>
        {
            json.WriteStartArray();
            foreach (string line in tree.ReplaceLineEndings("\n").Split('\n'))
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
        });
    }
}

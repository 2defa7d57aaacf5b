using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>The commands of one palette.</summary>
internal sealed record PaletteGroup(string Name, string Description, IReadOnlyList<PaletteCommand> Commands)
{
    public PbmProtocol.Palette Definition => new(Name, Description, [.. Commands.Select(command => command.Definition)]);
}

using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>A command that `pbm` shows: what it is called and takes, and what it answers.</summary>
/// <param name="Definition">Name, description, arguments; sent to the client.</param>
/// <param name="Run">From the arguments by name to the final reply; its id is filled in by the server.</param>
internal sealed record PaletteCommand(PbmProtocol.CommandDefinition Definition, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<PbmProtocol.Reply>> Run);

using Microsoft.Extensions.Logging;

namespace Exo.Host.Palettes;

/// <summary>Event ids of the command port: 5100 to 5199.</summary>
internal static class EventIds
{
    public static readonly EventId Stranger = new(5100, nameof(Stranger));
    public static readonly EventId ClientGone = new(5101, nameof(ClientGone));
    public static readonly EventId CommandFailed = new(5102, nameof(CommandFailed));
}

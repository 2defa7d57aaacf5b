using Microsoft.Extensions.Logging;

namespace Exo.Host.Gateway;

/// <summary>Event ids of the gateway: 5000 to 5099.</summary>
internal static class EventIds
{
    public static readonly EventId Refused = new(5000, nameof(Refused));
    public static readonly EventId ClientGone = new(5001, nameof(ClientGone));
    public static readonly EventId Failed = new(5002, nameof(Failed));
}

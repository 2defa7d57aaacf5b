using System.Globalization;
using Akka.Actor;

namespace Exo.Actors.Protocol;

/// <summary>Addresses as plan and wire carry them, <c>host:port</c>, and the well-known actors behind them.</summary>
internal static class Addresses
{
    public const string SystemName = "exo";

    /// <summary>The <c>host:port</c> of an actor system's address.</summary>
    public static string Of(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The port of a <c>host:port</c>.</summary>
    public static int PortOf(string address) => int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>A reference to an actor by its path below <c>/user</c>, here or on another device.</summary>
    public static IActorRef Resolve(ActorSystem system, string address, string path) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef($"akka.tcp://{SystemName}@{address}/user/{path}");
}

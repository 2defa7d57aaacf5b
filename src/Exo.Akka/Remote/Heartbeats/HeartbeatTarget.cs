using Akka.Actor;

namespace Akka.Remote.Heartbeats;

/// <summary>A node to watch; without uid, whichever incarnation answers first.</summary>
internal sealed record HeartbeatTarget(Address Address, int? Uid);

using Akka.Configuration;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <param name="Role">Of the nodes that take part; empty: all.</param>
/// <param name="Choice">How one of several is chosen.</param>
/// <param name="GossipInterval">Between rounds of gossip.</param>
/// <param name="RemovedTimeToLive">How long the end of a registration is remembered.</param>
/// <param name="MaxDeltaElements">Registrations in one message at most.</param>
/// <param name="TellsDeadLetters">Whether a message without a receiver becomes a dead letter.</param>
internal sealed record PubSubSettings(
    string Role, PubSubChoice Choice, TimeSpan GossipInterval, TimeSpan RemovedTimeToLive, int MaxDeltaElements, bool TellsDeadLetters)
{
    public static PubSubSettings Read(Config config)
    {
        string logic = config.GetString("routing-logic", "random");
        PubSubChoice choice = logic switch
        {
            "random" => PubSubChoice.Random,
            "round-robin" => PubSubChoice.RoundRobin,
            "broadcast" => PubSubChoice.Broadcast,
            _ => throw new ArgumentException($"akka.cluster.pub-sub.routing-logic = [{logic}]: it must be random, round-robin or broadcast"),
        };
        return new PubSubSettings(
            config.GetString("role") ?? "",
            choice,
            config.GetTimeSpan("gossip-interval", TimeSpan.FromSeconds(1)),
            config.GetTimeSpan("removed-time-to-live", TimeSpan.FromMinutes(2)),
            config.GetInt("max-delta-elements", 3000),
            config.GetBoolean("send-to-dead-letters-when-no-subscribers", true));
    }
}

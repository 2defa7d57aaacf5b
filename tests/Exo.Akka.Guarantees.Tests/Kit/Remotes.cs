using Akka.Actor;
using Akka.Event;
using Akka.Tests.Kit;
using Exo.Testing;

namespace Akka.Guarantees.Kit;

/// <summary>What tests across systems have in common.</summary>
internal static class Remotes
{
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    /// <summary>Intervals for one machine, in keys of Akka.NET.</summary>
    public const string Quick = """
        akka.remote.retry-gate-closed-for = 200ms
        akka.cluster {
          gossip-interval = 100ms
          leader-actions-interval = 100ms
          periodic-tasks-initial-delay = 100ms
          unreachable-nodes-reaper-interval = 100ms
          seed-node-timeout = 1s
          retry-unsuccessful-join-after = 1s
          failure-detector.heartbeat-interval = 200ms
          failure-detector.acceptable-heartbeat-pause = 2s
          pub-sub.gossip-interval = 100ms
        }

        """;

    public static async Task<IActorRef> Find(ActorSystem here, ActorSystem there, string name)
        => await here.ActorSelection($"{Nodes.AddressOf(there)}/user/{name}").ResolveOne(Within);

    public static IActorRef Resolve(ActorSystem system, string path) => ((ExtendedActorSystem)system).Provider.ResolveActorRef(path);

    /// <summary>A probe that gets what is published as one of these.</summary>
    public static Probe Listen(ActorSystem system, params Type[] types)
    {
        Probe probe = new(system);
        foreach (Type type in types)
            system.EventStream.Subscribe(probe.Ref, type);
        return probe;
    }

    /// <summary>Asks again until somebody answers: what is told while there is no connection is lost.</summary>
    public static Task Answers(IActorRef actor, string question) => Eventually.True(
        async () =>
        {
            try
            {
                return await actor.Ask<string>(question, TimeSpan.FromMilliseconds(500)) == question;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        },
        Within,
        $"{actor} answers");

    /// <summary>Ends a system without a word to the others: nobody leaves a cluster.</summary>
    public const string EndsWithoutAWord = "akka.coordinated-shutdown.run-by-actor-system-terminate = off\n";
}

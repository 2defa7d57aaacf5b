using Akka.Actor;

namespace Akka.Cluster;

/// <summary>The cluster's tasks in coordinated shutdown: leave, say goodbye, stop.</summary>
internal static class ClusterShutdownPhases
{
    public static void Add(Cluster cluster, IActorRef daemon)
    {
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(cluster.System);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => Ask(CoordinatedShutdown.PhaseClusterLeave, new ClusterProtocol.LeaveSelf()));
        shutdown.AddTask(
            CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () => Ask(CoordinatedShutdown.PhaseClusterExitingDone, new ClusterProtocol.ConfirmExiting()));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "stop-cluster", () => Stop());

        async Task<Done> Ask(string phase, object command)
        {
            if (!cluster.IsTerminated)
                await daemon.Ask<Done>(command, shutdown.Timeout(phase)).ConfigureAwait(false);
            return Done.Instance;
        }

        async Task<Done> Stop()
        {
            if (!cluster.IsTerminated)
                await daemon.GracefulStop(shutdown.Timeout(CoordinatedShutdown.PhaseClusterShutdown)).ConfigureAwait(false);
            return Done.Instance;
        }
    }
}

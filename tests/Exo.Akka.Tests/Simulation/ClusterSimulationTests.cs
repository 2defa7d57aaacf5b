using System.Collections.Concurrent;
using Xunit;

namespace Akka.Tests.Simulation;

/// <summary>
/// Members in virtual time, under lost and late messages, crashes and cut links, with the functions that the daemon and the resolver use:
/// a hundred of them in a thousand runs, three to thirty-two in another three hundred. <c>EXO_SIMULATION_SEEDS</c> asks for another
/// number of runs with a hundred members.
/// </summary>
[Collection(nameof(ClusterSimulationTests))]
[CollectionDefinition(nameof(ClusterSimulationTests), DisableParallelization = true)]
public sealed class ClusterSimulationTests
{
    private const int Most = 100;
    private const long QuietAfter = 8_000;
    private const long Deadline = 150_000;

    [Fact]
    public void Given_any_of_a_thousand_seeds_When_the_network_fails_Then_one_side_goes_on_and_agrees()
    {
        int large = int.TryParse(Environment.GetEnvironmentVariable("EXO_SIMULATION_SEEDS"), out int asked) ? asked : 1000;
        int seeds = large + 300;
        ConcurrentBag<string> failures = [];
        int next = -1;
        Thread[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (Interlocked.Increment(ref next) is int seed && seed < seeds)
            {
                SimulatedCluster cluster = Run(seed, seed < large ? Most : 3 + (seed % 30));
                if (Fault(cluster) is { } fault)
                    failures.Add($"seed {seed}, {cluster.Nodes.Length} members, {cluster.Scenario}: {fault}\n{string.Join('\n', cluster.Notes.Take(10))}");
            }
        }))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        Assert.True(failures.IsEmpty, $"{failures.Count} of {seeds} seeds fail. First:\n{failures.Order(StringComparer.Ordinal).FirstOrDefault()}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(16)]
    public void Given_the_same_seed_When_it_is_run_again_Then_everything_happens_again_at_the_same_time(int seed)
    {
        SimulatedCluster first = Run(seed, Most);
        SimulatedCluster second = Run(seed, Most);
        Assert.Equal(first.Outcome, second.Outcome);
        Assert.Equal((first.Now, first.Events), (second.Now, second.Events));
    }

    private static SimulatedCluster Run(int seed, int members)
    {
        SimulatedCluster cluster = new(seed, members);
        cluster.RunUntil(QuietAfter, () => false);
        cluster.RunUntil(Deadline, () => cluster.HasConverged);
        return cluster;
    }

    /// <summary>What is wrong at the end; null: nothing.</summary>
    private static string Fault(SimulatedCluster cluster)
    {
        int members = cluster.Nodes.Length;
        int alive = cluster.Alive.Count();
        if (alive == 0)
            return "nobody is left";
        if (!cluster.HasConverged)
            return $"the {alive} that live do not agree after {Deadline / 1000} s";
        int least = cluster.Scenario switch
        {
            Scenario.Calm or Scenario.Interruption => members,
            Scenario.Partition => Math.Max(cluster.Cut.Count, members - cluster.Cut.Count),
            _ => members - cluster.Cut.Count,
        };
        if (alive < least)
            return $"only {alive} go on, {least} could";
        bool isTorn = cluster.Scenario == Scenario.Partition && cluster.Alive.Select(node => cluster.Cut.Contains(node.Number)).Distinct().Count() > 1;
        return isTorn ? "both sides of the partition go on" : null;
    }
}

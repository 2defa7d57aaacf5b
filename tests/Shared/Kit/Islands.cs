using Akka.Actor;
using Akka.Cluster;
using Exo.Testing;

namespace Akka.Tests.Kit;

/// <summary>Members of one cluster, each behind a proxy, that can be parted and joined again.</summary>
internal sealed class Islands : IDisposable
{
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(30);
    private readonly CuttableProxy[] _proxies;

    private Islands(int count)
    {
        Systems = new ActorSystem[count];
        _proxies = [.. Enumerable.Range(0, count).Select(_ => new CuttableProxy())];
    }

    /// <summary>In order of their addresses.</summary>
    public ActorSystem[] Systems { get; }

    public static async Task<Islands> StartAsync(Nodes nodes, int count, string hocon, Func<int, string> more = null)
    {
        Islands islands = new(count);
        Array.Sort(islands._proxies, (one, other) => one.Port.CompareTo(other.Port));
        for (int i = 0; i < count; i++)
        {
            islands._proxies[i].Target = Nodes.FreePort();
            islands.Systems[i] = nodes.StartCluster(
                "ring", $"{more?.Invoke(i)}\nakka.remote.dot-netty.tcp {{ port = {islands._proxies[i].Target}, public-port = {islands._proxies[i].Port}\n }}\n{hocon}");
            Akka.Cluster.Cluster.Get(islands.Systems[i]).Join(Nodes.AddressOf(islands.Systems[0]));

            // One after the other, so that the first is the oldest.
            await Eventually.True(
                () => islands.Systems[..(i + 1)].All(system => Nodes.SeesUp(system, i + 1)), s_within, $"all see {i + 1} members up",
                () => string.Join(" | ", islands.Systems[..(i + 1)].Select(system => string.Join(", ", Akka.Cluster.Cluster.Get(system).State.Members))));
        }

        return islands;
    }

    /// <summary>Parts these from all others.</summary>
    public void Part(params int[] island)
    {
        for (int i = 0; i < _proxies.Length; i++)
            _proxies[i].Cut([.. _proxies.Where((_, other) => island.Contains(i) != island.Contains(other)).Select(proxy => proxy.Port)]);
    }

    /// <summary>Parts two from each other while both reach all others.</summary>
    public void Estrange(int one, int other)
    {
        _proxies[one].Cut(_proxies[other].Port);
        _proxies[other].Cut(_proxies[one].Port);
    }

    public void Heal()
    {
        foreach (CuttableProxy proxy in _proxies)
            proxy.Cut();
    }

    public static int Unreachable(ActorSystem system) => Akka.Cluster.Cluster.Get(system).State.Unreachable.Count;

    public void Dispose()
    {
        foreach (CuttableProxy proxy in _proxies)
            proxy.Dispose();
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Membership;
using Akka.Cluster.SBR;
using Akka.Configuration;
using Akka.Tests.Kit;
using Akka.Util;

namespace Akka.Tests.Simulation;

/// <summary>A cluster in virtual time: milliseconds pass as fast as the events in them are worked off, and a seed decides all.</summary>
internal sealed class SimulatedCluster
{
    public const int Watchers = 9;

    private static readonly SplitBrainResolverSettings s_settings = new(ConfigurationFactory.ParseString(
        "akka.cluster.split-brain-resolver { active-strategy = keep-majority, stable-after = 10s, down-all-when-unstable = 20s }").WithFallback(ClusterConfigFactory.Default()));

    private readonly PriorityQueue<Action, (long At, long Number)> _events = new();
    private readonly Network _network;
    private readonly Dictionary<UniqueAddress, Node> _byAddress;
    private readonly List<string> _notes = [];
    private long _numbers;

    public SimulatedCluster(int seed, int members)
    {
        Random = new Random(seed);
        Scenario = (Scenario)(seed % Enum.GetValues<Scenario>().Length);
        _network = new Network(Random, loss: Random.NextDouble() * 0.03, longestDelay: Random.Next(1, 200));
        Nodes = Form(members);
        _byAddress = Nodes.ToDictionary(node => node.Self);
        Stage();
        foreach (Node node in Nodes)
        {
            node.Start();
            Every(1000, node, node.GossipTick);
            Every(1000, node, node.LeaderTick);
            Every((long)HeartbeatInterval.TotalMilliseconds, node, node.HeartbeatTick);
        }
    }

    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(3);

    public Scenario Scenario { get; }

    public Random Random { get; }

    public long Now { get; private set; }

    public SplitBrainResolverSettings Settings => s_settings;

    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Those on one side of what fails.</summary>
    public IReadOnlySet<int> Cut { get; private set; } = new HashSet<int>();

    public IReadOnlyList<string> Notes => _notes;

    public long Events { get; private set; }

    public IEnumerable<Node> Alive => Nodes.Where(node => !node.IsDown);

    /// <summary>All that live agree that exactly they are the members, and know that they agree.</summary>
    public bool HasConverged
    {
        get
        {
            Node[] alive = [.. Alive];
            return alive.All(node => node.View.Members.Count == alive.Length
                && alive.All(other => node.View.Find(other.Self) is { Status: MemberStatus.Up })
                && MembershipRules.Converged(node.View, node.Self, []));
        }
    }

    /// <summary>What came of it, for comparison with another run.</summary>
    public string Outcome => string.Join('\n', _notes) + "\n" + string.Join(',', Nodes.Select(node => $"{(node.IsDown ? "-" : "+")}{node.View.Members.Count}"));

    public void Note(string note) => _notes.Add(note);

    public void Send(Node sender, UniqueAddress to, Action<Node> deliver)
    {
        Node receiver = _byAddress[to];
        if (!HasRemoved(receiver, sender) && _network.Delay(sender.Number, receiver.Number, Now) is { } delay)
        {
            At(Now + delay, () =>
            {
                if (!receiver.IsDown)
                    deliver(receiver);
            });
        }
    }

    /// <summary>How long a heartbeat and its answer take; null: one of them is lost, or nobody answers.</summary>
    public long? RoundTrip(Node sender, UniqueAddress to)
    {
        Node receiver = _byAddress[to];
        return !receiver.IsDown && !HasRemoved(receiver, sender) && _network.Delay(sender.Number, receiver.Number, Now) is { } there && _network.Delay(receiver.Number, sender.Number, Now) is { } back
            ? there + back
            : null;
    }

    /// <summary>Lets time pass until a moment, or until a condition holds, looked at every virtual second.</summary>
    public bool RunUntil(long end, Func<bool> condition)
    {
        long nextLook = Now + 1000;
        while (_events.TryPeek(out Action _, out (long At, long Number) key) && key.At <= end)
        {
            if (key.At >= nextLook)
            {
                if (condition())
                    return true;
                nextLook += 1000;
            }

            Now = key.At;
            Events++;
            _events.Dequeue()();
        }

        Now = end;
        return condition();
    }

    /// <summary>Who has removed a node has nothing to do with it any more: its transport refuses that incarnation.</summary>
    private static bool HasRemoved(Node node, Node other) => node.View.Tombstones.ContainsKey(other.Self);

    private ImmutableArray<Node> Form(int members)
    {
        UniqueAddress[] addresses = [.. Enumerable.Range(1, members).Select(number => new UniqueAddress(new Address("akka.tcp", "ring", $"10.0.0.{number:000}", 2552), number))];
        Gossip view = Gossip.Empty.Update(addresses.Select((address, index) => Member.Create(address, index + 1, MemberStatus.Up, [], AppVersion.Zero))).Increment(addresses[0]) with
        {
            Seen = [.. addresses],
        };
        return [.. addresses.Select((address, index) => new Node(this, index, address, view))];
    }

    private void Stage()
    {
        const long Begin = 1000;
        int count = Nodes.Length;
        int[] order = [.. Enumerable.Range(0, count)];
        Random.Shuffle(order);
        HashSet<int> some = [.. order[..Random.Next(1, count)]];
        HashSet<int> few = [.. order[..Random.Next(1, Math.Max(2, count / 10))]];
        Cut = Scenario is Scenario.Partition or Scenario.Interruption ? some : few;
        switch (Scenario)
        {
            case Scenario.Crashes:
                foreach (int number in few)
                    At(Begin + Random.Next(1000), Nodes[number].Crash);
                break;
            case Scenario.Partition:
                _network.Cut(Begin, long.MaxValue, (a, b) => some.Contains(a) != some.Contains(b));
                break;
            case Scenario.Interruption:
                _network.Cut(Begin, Begin + Random.Next(1, 7000), (a, b) => some.Contains(a) != some.Contains(b));
                break;
            case Scenario.BrokenLinks:
                _network.Cut(Begin, long.MaxValue, (a, b) => few.Contains(a) && few.Contains(b));
                break;
            case Scenario.OneWay:
                _network.Cut(Begin, long.MaxValue, (a, b) => few.Contains(a) && !few.Contains(b));
                break;
        }
    }

    private void Every(long interval, Node node, Action action)
    {
        void Tick()
        {
            if (node.IsDown)
                return;
            action();
            At(Now + interval, Tick);
        }

        At(Random.NextInt64(interval), Tick);
    }

    private void At(long time, Action action) => _events.Enqueue(action, (time, _numbers++));
}

using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Exo.Actors.Membership;
using Exo.Actors.Models;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;

namespace Exo.Actors.Tests.Ring;

/// <summary>One keeper of a device that is alone; the test stands for its shards.</summary>
public sealed class KeeperTests : IAsyncLifetime, IDisposable
{
    private const int Uid = 7;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private readonly Channel<object> _shards = Channel.CreateUnbounded<object>();
    private readonly ActorSystem _system = ActorSystem.Create(Addresses.SystemName, ConfigurationFactory.ParseString(
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp.hostname = 127.0.0.1
        akka.remote.dot-netty.tcp.port = 0
        akka.loggers = []
        akka.stdout-loglevel = OFF
        """));
    private readonly ModelStore _store = new(Path.Combine(AppContext.BaseDirectory, "no-home"));

    private string Here => Addresses.Of(((ExtendedActorSystem)_system).Provider.DefaultAddress);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    public void Dispose() => _store.Dispose();

    /// <summary>Another keeper's higher epoch comes while the own proposal is being loaded: no stage would answer to the lower one any more.</summary>
    [Fact]
    public async Task A_proposal_that_a_higher_epoch_overtakes_makes_way_for_one_above_it()
    {
        IActorRef keeper = Start();
        keeper.Tell(new RingProtocol.Want(Wishes.Of(8) with { WishedBy = Here }));
        RingProtocol.Host slow = await Next<RingProtocol.Host>();
        Epoch other = new(slow.Plan.Epoch.Counter + 5, Uid + 1);

        keeper.Tell(new RingProtocol.StageLost("model", other));

        RingProtocol.Host again = await Next<RingProtocol.Host>(host => host.Plan.Epoch != slow.Plan.Epoch);
        Assert.True(again.Plan.Epoch > other, $"{again.Plan.Epoch} is not above {other}.");
    }

    private IActorRef Start()
    {
        IActorRef shards = _system.ActorOf(Props.Create(() => new Recorder(_shards.Writer)));
        DirectoryView view = new(Here, Uid, [new Device(Here, Uid, "Up", Reachable: true, new DeviceProfile("alone", 1L << 30, "", 1))]);
        KeeperSettings settings = new(GatherFor: TimeSpan.Zero, PrepareFor: TimeSpan.FromHours(1), LoadBytesPerSecond: 1, ExcludeFor: TimeSpan.FromHours(1));
        IActorRef keeper = _system.ActorOf(Props.Create(() => new Keeper(ActorRefs.Nobody, shards, _store, new WishMemory(), settings)), RingProtocol.Path);
        keeper.Tell(new DirectoryProtocol.Changed(view));
        return keeper;
    }

    private async Task<T> Next<T>(Func<T, bool>? which = null)
    {
        using CancellationTokenSource patience = new(s_soon);
        while (true)
        {
            if (await _shards.Reader.ReadAsync(patience.Token) is T message && which?.Invoke(message) != false)
            {
                return message;
            }
        }
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(ChannelWriter<object> told) => ReceiveAny(message => told.TryWrite(message));
    }
}

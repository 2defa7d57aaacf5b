using System.Threading.Channels;
using Akka.Actor;
using Exo.Actors.Ring;

namespace Exo.Actors;

/// <summary>Carries a keeper's news of one ring to code that awaits.</summary>
internal sealed class RingListener : ReceiveActor
{
    private readonly ChannelWriter<RingStatus> _changes;

    public RingListener(string model, IActorRef keeper, ChannelWriter<RingStatus> changes)
    {
        _changes = changes;
        Receive<RingProtocol.Changed>(changed => _changes.TryWrite(changed.Status));
        keeper.Tell(new RingProtocol.Listen(model, Self));
    }

    protected override void PostStop() => _changes.TryComplete();
}

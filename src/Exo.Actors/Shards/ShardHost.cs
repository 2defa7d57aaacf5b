using Akka.Actor;
using Exo.Actors.Models;
using Exo.Actors.Ring;

namespace Exo.Actors.Shards;

/// <summary>The parent of this device's shards: starts one for each stage it is asked to host, and ends those of older epochs.</summary>
internal sealed class ShardHost : ReceiveActor
{
    private readonly Dictionary<string, (string Model, Epoch Epoch)> _hosted = [];

    public ShardHost(ModelStore store, ShardSettings settings)
    {
        Receive<RingProtocol.Host>(host =>
        {
            string name = host.Plan.ShardName(host.Stage);
            IActorRef shard = Context.Child(name);
            if (shard.IsNobody())
            {
                shard = Context.ActorOf(Props.Create(() => new ShardActor(host.Plan, host.Stage, host.Wish, store, settings)).WithMailbox(ShardProtocol.Mailbox), name);
                Context.Watch(shard);
                _hosted[name] = (host.Plan.Model, host.Plan.Epoch);
            }

            shard.Tell(new ShardActor.Report(Sender));
        });
        Receive<RingProtocol.Retire>(retire =>
        {
            foreach (string name in _hosted.Where(entry => entry.Value.Model == retire.Model && entry.Value.Epoch < retire.Before).Select(entry => entry.Key).ToArray())
            {
                _hosted.Remove(name);
                Context.Stop(Context.Child(name));
            }
        });
        Receive<Terminated>(gone =>
        {
            // One that was retired is no longer listed: this one died by itself.
            if (_hosted.Remove(gone.ActorRef.Path.Name, out (string Model, Epoch Epoch) lost))
            {
                Context.ActorSelection($"/user/{RingProtocol.Path}").Tell(new RingProtocol.StageLost(lost.Model, lost.Epoch));
            }
        });
    }

    /// <summary>A shard that fails is not restarted: its weights are gone. The keeper hears that its slice cannot be had and plans anew.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
}

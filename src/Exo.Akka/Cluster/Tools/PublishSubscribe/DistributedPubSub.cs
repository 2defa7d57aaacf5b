using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Publish-subscribe across the cluster. Every node runs a mediator; the mediators tell each other which topics and paths they have.</summary>
public sealed class DistributedPubSub : IExtension
{
    private readonly Cluster _cluster;
    private readonly string _role;

    public DistributedPubSub(ExtendedActorSystem system)
    {
        _cluster = Cluster.Get(system);
        Config config = system.Settings.Config.GetConfig("akka.cluster.pub-sub");
        PubSubSettings settings = PubSubSettings.Read(config);
        _role = settings.Role;
        if (IsTerminated)
        {
            Mediator = system.DeadLetters;
            return;
        }

        Props props = Props.Create(() => new PubSubMediator(settings));
        string dispatcher = config.GetString("use-dispatcher");
        if (!string.IsNullOrEmpty(dispatcher))
            props = props.WithDispatcher(dispatcher);
        Mediator = system.SystemActorOf(props, config.GetString("name", "distributedPubSubMediator"));
    }

    /// <summary>Whether this node takes no part: it has left the cluster, or lacks the role.</summary>
    public bool IsTerminated => _cluster.IsTerminated || (_role.Length > 0 && !_cluster.SelfRoles.Contains(_role));

    public IActorRef Mediator { get; }

    public static DistributedPubSub Get(ActorSystem system) => system.WithExtension<DistributedPubSub, DistributedPubSubExtensionProvider>();

    public static Config DefaultConfig() => ConfigurationFactory.FromResource("PubSub.conf", typeof(DistributedPubSub).Assembly);
}

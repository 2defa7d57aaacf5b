namespace Akka.Actor;

/// <summary>Swallows every message; its path is the same on every node, so it may travel.</summary>
internal sealed class IgnoreActorRef : MinimalActorRef
{
    private const string IgnoreName = "ignore";
    private static readonly ActorPath s_path = new RootActorPath(new Address("akka", "all-systems")) / IgnoreName;

    internal IgnoreActorRef(IActorRefProvider provider)
    {
        Provider = provider;
    }

    public override ActorPath Path => s_path;

    public override IActorRefProvider Provider { get; }

    internal static bool IsIgnoreRefPath(ActorPath path) => ReferenceEquals(path, s_path) || (path.Depth == 1 && path.Equals(s_path));
}

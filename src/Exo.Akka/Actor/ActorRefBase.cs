namespace Akka.Actor;

public abstract class ActorRefBase : IActorRef
{
    private protected ActorRefBase()
    {
    }

    public abstract ActorPath Path { get; }

    /// <summary>Whoever asks may be answered with null.</summary>
    private protected virtual bool TakesNull => false;

    public void Tell(object message, IActorRef sender)
    {
        if (message is null && !TakesNull)
            ThrowNullMessage();
        TellInternal(message, sender ?? ActorRefs.NoSender);
    }

    protected abstract void TellInternal(object message, IActorRef sender);

    public int CompareTo(object obj) => obj is null ? 1 : obj is IActorRef other
        ? CompareTo(other)
        : throw new ArgumentException($"Cannot compare an actor reference with {obj.GetType()}", nameof(obj));

    public int CompareTo(IActorRef other)
    {
        if (other is null)
            return 1;
        int result = Path.CompareTo(other.Path);
        return result != 0 ? result : Path.Uid.CompareTo(other.Path.Uid);
    }

    public bool Equals(IActorRef other)
        => ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    public override string ToString() => Path.Uid == ActorPath.UndefinedUid ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    private static void ThrowNullMessage() => throw new ArgumentNullException("message", "A message may not be null");
}

using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>What mediators say to each other, and to themselves.</summary>
internal static class PubSubProtocol
{
    /// <summary>How far the sender knows each node's registrations; who knows more sends a <see cref="Delta"/>.</summary>
    /// <param name="From">The sender.</param>
    /// <param name="Versions">Node → the version up to which the sender knows it.</param>
    /// <param name="IsAnswer">An answer is not answered with a status again.</param>
    public sealed record Status(UniqueAddress From, ImmutableDictionary<UniqueAddress, long> Versions, bool IsAnswer) : IDistributedPubSubMessage;

    /// <summary>Changes of registrations.</summary>
    public sealed record Delta(ImmutableArray<Part> Parts) : IDistributedPubSubMessage;

    /// <summary>One node's changes after a version up to another one, complete: whoever does not know the first cannot use them.</summary>
    public sealed record Part(UniqueAddress Owner, long After, long UpTo, ImmutableArray<Change> Changes);

    public sealed record Change(Registration Registration, long Version, bool IsThere);

    /// <summary>A message for what the receiving node has registered.</summary>
    public sealed record Deliver(Registration To, object Message) : IDistributedPubSubMessage, IWrappedMessage;

    /// <summary>Local, for tests: answered with the registry.</summary>
    public sealed record Inspect : INoSerializationVerificationNeeded;

    public sealed record GossipTick : INoSerializationVerificationNeeded;

    public sealed record PruneTick : INoSerializationVerificationNeeded;
}

using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;

namespace Akka.Discovery;

/// <summary>One way of finding where a service runs; made by <see cref="Discovery"/> from a configured class.</summary>
public abstract class ServiceDiscovery
{
    public abstract Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout);

    public Task<Resolved> Lookup(string serviceName, TimeSpan resolveTimeout) => Lookup(new Lookup(serviceName), resolveTimeout);

    /// <summary>What a lookup found.</summary>
    public class Resolved : IDeadLetterSuppression, INoSerializationVerificationNeeded, IEquatable<Resolved>
    {
        public Resolved(string serviceName)
            : this(serviceName, null)
        {
        }

        public Resolved(string serviceName, IEnumerable<ResolvedTarget> addresses)
        {
            ServiceName = serviceName;
            Addresses = addresses is null ? [] : [.. addresses];
        }

        public string ServiceName { get; }

        public ImmutableList<ResolvedTarget> Addresses { get; }

        public bool Equals(Resolved other)
            => other is not null && (ReferenceEquals(this, other) || (ServiceName == other.ServiceName && Addresses.SequenceEqual(other.Addresses)));

        public override bool Equals(object obj) => obj?.GetType() == GetType() && Equals((Resolved)obj);

        public override int GetHashCode() => Addresses.Aggregate(ServiceName?.GetHashCode(StringComparison.Ordinal) ?? 0, HashCode.Combine);

        public override string ToString() => $"Resolved({ServiceName}, {string.Join(", ", Addresses)})";
    }

    /// <summary>One place where the service runs.</summary>
    public class ResolvedTarget : INoSerializationVerificationNeeded, IEquatable<ResolvedTarget>
    {
        public ResolvedTarget(string host, int? port = null, IPAddress address = null)
        {
            Host = host;
            Port = port;
            Address = address;
        }

        public string Host { get; }

        public int? Port { get; }

        public IPAddress Address { get; }

        public bool Equals(ResolvedTarget other)
            => other is not null && (ReferenceEquals(this, other) || (Host == other.Host && Port == other.Port && Equals(Address, other.Address)));

        public override bool Equals(object obj) => obj?.GetType() == GetType() && Equals((ResolvedTarget)obj);

        public override int GetHashCode() => HashCode.Combine(Host, Port, Address);

        public override string ToString() => $"ResolvedTarget({Host}, {Port}, {Address})";
    }
}

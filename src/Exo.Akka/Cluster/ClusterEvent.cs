using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

public class ClusterEvent
{
    public static readonly SubscriptionInitialStateMode InitialStateAsSnapshot = SubscriptionInitialStateMode.InitialStateAsSnapshot;

    public static readonly SubscriptionInitialStateMode InitialStateAsEvents = SubscriptionInitialStateMode.InitialStateAsEvents;

    public enum SubscriptionInitialStateMode
    {
        InitialStateAsSnapshot = 0,
        InitialStateAsEvents = 1,
    }

    public interface IClusterDomainEvent : IDeadLetterSuppression
    {
    }

    public interface IMemberEvent : IClusterDomainEvent
    {
        Member Member { get; }
    }

    public interface IReachabilityEvent : IClusterDomainEvent
    {
    }

    public sealed class CurrentClusterState : INoSerializationVerificationNeeded
    {
        private readonly ImmutableDictionary<string, Address> _roleLeaderMap;

        public CurrentClusterState()
            : this([], [], [], null, ImmutableDictionary<string, Address>.Empty)
        {
        }

        public CurrentClusterState(
            ImmutableSortedSet<Member> members,
            ImmutableHashSet<Member> unreachable,
            ImmutableHashSet<Address> seenBy,
            Address leader,
            ImmutableDictionary<string, Address> roleLeaderMap)
        {
            Members = members;
            Unreachable = unreachable;
            SeenBy = seenBy;
            Leader = leader;
            _roleLeaderMap = roleLeaderMap;
        }

        public ImmutableSortedSet<Member> Members { get; }

        public ImmutableHashSet<Member> Unreachable { get; }

        public ImmutableHashSet<Address> SeenBy { get; }

        public Address Leader { get; }

        public ImmutableHashSet<string> AllRoles => [.. _roleLeaderMap.Keys];

        public bool HasMoreThanOneAppVersion => Members.Select(m => m.AppVersion).Distinct().Skip(1).Any();

        public Address RoleLeader(string role) => _roleLeaderMap.GetValueOrDefault(role);

        public CurrentClusterState Copy(
            ImmutableSortedSet<Member> members = null,
            ImmutableHashSet<Member> unreachable = null,
            ImmutableHashSet<Address> seenBy = null,
            Address leader = null,
            ImmutableDictionary<string, Address> roleLeaderMap = null)
            => new(members ?? Members, unreachable ?? Unreachable, seenBy ?? SeenBy, leader ?? Leader, roleLeaderMap ?? _roleLeaderMap);
    }

    public abstract class MemberStatusChange : IMemberEvent
    {
        protected readonly Member _member;

        protected MemberStatusChange(Member member, MemberStatus validStatus)
        {
            if (member.Status != validStatus)
                throw new ArgumentException($"Expected {validStatus} status, got: {member}", nameof(member));
            _member = member;
        }

        public Member Member => _member;

        public override bool Equals(object obj)
            => obj is MemberStatusChange other && other.GetType() == GetType() && _member.Equals(other._member) && _member.Status == other._member.Status;

        public override int GetHashCode() => HashCode.Combine(GetType(), _member);

        public override string ToString() => $"{GetType().Name}(Member={_member})";
    }

    public sealed class MemberJoined(Member member) : MemberStatusChange(member, MemberStatus.Joining);

    public sealed class MemberWeaklyUp(Member member) : MemberStatusChange(member, MemberStatus.WeaklyUp);

    public sealed class MemberUp(Member member) : MemberStatusChange(member, MemberStatus.Up);

    public sealed class MemberLeft(Member member) : MemberStatusChange(member, MemberStatus.Leaving);

    public sealed class MemberExited(Member member) : MemberStatusChange(member, MemberStatus.Exiting);

    public sealed class MemberDowned(Member member) : MemberStatusChange(member, MemberStatus.Down);

    public sealed class MemberRemoved : MemberStatusChange
    {
        public MemberRemoved(Member member, MemberStatus previousStatus)
            : base(member, MemberStatus.Removed) => PreviousStatus = previousStatus;

        public MemberStatus PreviousStatus { get; }
    }

    public abstract class ReachabilityEvent : IReachabilityEvent
    {
        protected ReachabilityEvent(Member member) => Member = member;

        public Member Member { get; }

        public override bool Equals(object obj) => obj is ReachabilityEvent other && other.GetType() == GetType() && Member.Equals(other.Member);

        public override int GetHashCode() => HashCode.Combine(GetType(), Member);

        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    public sealed class UnreachableMember(Member member) : ReachabilityEvent(member);

    public sealed class ReachableMember(Member member) : ReachabilityEvent(member);

    public sealed class LeaderChanged : IClusterDomainEvent
    {
        public LeaderChanged(Address leader) => Leader = leader;

        public Address Leader { get; }

        public override bool Equals(object obj) => obj is LeaderChanged other && Equals(Leader, other.Leader);

        public override int GetHashCode() => Leader?.GetHashCode() ?? 0;

        public override string ToString() => $"LeaderChanged(NewLeader={Leader})";
    }

    public sealed class RoleLeaderChanged : IClusterDomainEvent
    {
        public RoleLeaderChanged(string role, Address leader)
        {
            Role = role;
            Leader = leader;
        }

        public Address Leader { get; }

        public string Role { get; }

        public override bool Equals(object obj) => obj is RoleLeaderChanged other && Role == other.Role && Equals(Leader, other.Leader);

        public override int GetHashCode() => HashCode.Combine(Role, Leader);

        public override string ToString() => $"RoleLeaderChanged(Leader={Leader}, Role={Role})";
    }

    public sealed class ClusterShuttingDown : IClusterDomainEvent
    {
        public static readonly IClusterDomainEvent Instance = new ClusterShuttingDown();

        private ClusterShuttingDown()
        {
        }
    }
}

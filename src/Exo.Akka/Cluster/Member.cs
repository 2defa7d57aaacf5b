using System.Collections.Immutable;
using Akka.Actor;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>One incarnation of an actor system in the cluster; equal by its unique address alone, whatever its status.</summary>
public class Member : IComparable<Member>, IComparable
{
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create(CompareAddresses);

    public static readonly IComparer<Member> AgeOrdering = Comparer<Member>.Create(
        (a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);

    private Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles, AppVersion appVersion)
    {
        UniqueAddress = uniqueAddress;
        UpNumber = upNumber;
        Status = status;
        Roles = roles;
        AppVersion = appVersion;
    }

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    public AppVersion AppVersion { get; }

    /// <summary>The order of becoming Up, given by the leader; <see cref="int.MaxValue"/> before.</summary>
    internal int UpNumber { get; }

    public static Member HighestPriorityOf(Member m1, Member m2)
    {
        if (m1.Status == m2.Status)
            return m1.IsOlderThan(m2) ? m1 : m2;
        return Priority(m1.Status) >= Priority(m2.Status) ? m1 : m2;
    }

    public bool HasRole(string role) => Roles.Contains(role);

    public bool IsOlderThan(Member other)
        => UpNumber == other.UpNumber ? AddressOrdering.Compare(Address, other.Address) < 0 : UpNumber < other.UpNumber;

    public Member Copy(MemberStatus status)
    {
        if (status == Status)
            return this;
        if (!CanBecome(Status, status))
            throw new InvalidOperationException($"Invalid member status transition {Status} -> {status}");
        return new Member(UniqueAddress, UpNumber, status, Roles, AppVersion);
    }

    public Member CopyUp(int upNumber) => new(UniqueAddress, upNumber, Copy(MemberStatus.Up).Status, Roles, AppVersion);

    public int CompareTo(Member other) => other is null ? 1 : UniqueAddress.CompareTo(other.UniqueAddress);

    int IComparable.CompareTo(object obj) => CompareTo(obj as Member);

    public override bool Equals(object obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);

    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public override string ToString()
        => $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(",", Roles)}], upNumber={UpNumber}, version={AppVersion})";

    internal static Member Create(UniqueAddress address, ImmutableHashSet<string> roles, AppVersion appVersion)
        => new(address, int.MaxValue, MemberStatus.Joining, roles, appVersion);

    internal static Member Create(
        UniqueAddress address, int upNumber, MemberStatus status, ImmutableHashSet<string> roles, AppVersion appVersion)
        => new(address, upNumber, status, roles, appVersion);

    /// <summary>The member that no cluster knows: what a node is before it joins.</summary>
    internal static Member Removed(UniqueAddress address, ImmutableHashSet<string> roles, AppVersion appVersion)
        => new(address, int.MaxValue, MemberStatus.Removed, roles, appVersion);

    private static bool CanBecome(MemberStatus from, MemberStatus to) => (from, to) switch
    {
        (MemberStatus.Removed, _) => false,
        (_, MemberStatus.Down or MemberStatus.Removed) => true,
        (MemberStatus.Joining, MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving) => true,
        (MemberStatus.WeaklyUp, MemberStatus.Up or MemberStatus.Leaving) => true,
        (MemberStatus.Up, MemberStatus.Leaving) => true,
        (MemberStatus.Leaving, MemberStatus.Exiting) => true,
        _ => false,
    };

    /// <summary>When two views differ, the status further along the life of a member is the newer one.</summary>
    private static int Priority(MemberStatus status) => status switch
    {
        MemberStatus.Joining => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Up => 2,
        MemberStatus.Leaving => 3,
        MemberStatus.Exiting => 4,
        MemberStatus.Down => 5,
        _ => 6,
    };

    private static int CompareAddresses(Address a, Address b)
    {
        int result = string.CompareOrdinal(a.Host, b.Host);
        return result != 0 ? result : Nullable.Compare(a.Port, b.Port);
    }
}

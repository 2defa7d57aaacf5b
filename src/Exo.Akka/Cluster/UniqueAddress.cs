using Akka.Actor;

namespace Akka.Cluster;

public class UniqueAddress : IComparable<UniqueAddress>, IEquatable<UniqueAddress>, IComparable
{
    public UniqueAddress(Address address, int uid)
    {
        Address = address;
        Uid = uid;
    }

    public Address Address { get; }

    public int Uid { get; }

    public bool Equals(UniqueAddress other)
        => ReferenceEquals(this, other) || (other is not null && Uid == other.Uid && Address.Equals(other.Address));

    public override bool Equals(object obj) => Equals(obj as UniqueAddress);

    public override int GetHashCode() => Uid;

    public int CompareTo(UniqueAddress uniqueAddress)
    {
        if (uniqueAddress is null)
            return 1;
        int result = Address.Comparer.Compare(Address, uniqueAddress.Address);
        return result != 0 ? result : Uid.CompareTo(uniqueAddress.Uid);
    }

    int IComparable.CompareTo(object obj) => CompareTo(obj as UniqueAddress);

    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";
}

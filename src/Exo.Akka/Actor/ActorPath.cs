namespace Akka.Actor;

public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal const long UndefinedUid = 0;

    private string[] _elements;
    private string _withoutAddress;
    private int _hash;

    private protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
    }

    private protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        Address = parentPath.Address;
        Parent = parentPath;
        Depth = parentPath.Depth + 1;
        Uid = uid;
        Name = name;
    }

    public string Name { get; }

    public Address Address { get; }

    public long Uid { get; }

    public ActorPath Parent { get; }

    public int Depth { get; }

    public IReadOnlyList<string> Elements => _elements ??= CollectElements();

    public ActorPath Root => ParentOf(0);

    public static bool operator ==(ActorPath left, ActorPath right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ActorPath left, ActorPath right) => !(left == right);

    public static ActorPath operator /(ActorPath path, string name) => new ChildActorPath(path, name, UndefinedUid);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name)
    {
        ActorPath result = path;
        foreach (string element in name)
        {
            if (!string.IsNullOrEmpty(element))
                result /= element;
        }

        return result;
    }

    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        foreach (char c in s)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !ValidSymbols.Contains(c, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    public static ActorPath Parse(string path)
        => TryParse(path, out ActorPath parsed) ? parsed : throw new UriFormatException($"Can not parse an actor path from [{path}]");

    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        if (path is null || !Address.TryParse(path.AsSpan(), out Address address, out ReadOnlySpan<char> rest))
            return false;
        ActorPath current = new RootActorPath(address);
        while (!rest.IsEmpty)
        {
            rest = rest[1..];
            int slash = rest.IndexOf('/');
            ReadOnlySpan<char> element = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? default : rest[slash..];
            if (element.IsEmpty)
                continue;
            int hash = element.IndexOf('#');
            long uid = UndefinedUid;
            if (hash >= 0 && !long.TryParse(element[(hash + 1)..], out uid))
                return false;
            current = new ChildActorPath(current, Uri.UnescapeDataString((hash < 0 ? element : element[..hash]).ToString()), uid);
        }

        actorPath = current;
        return true;
    }

    public static bool TryParseAddress(string path, out Address address)
    {
        bool parsed = TryParse(path, out ActorPath full);
        address = full?.Address;
        return parsed;
    }

    public ActorPath Child(string childName) => this / childName;

    public ActorPath ParentOf(int depth)
    {
        ActorPath current = this;
        int target = depth >= 0 ? depth : Math.Max(0, Depth + depth);
        while (current.Depth > target)
            current = current.Parent;
        return current;
    }

    public ActorPath WithUid(long uid) => Parent is null || uid == Uid ? this : new ChildActorPath(Parent, Name, uid);

    public string ToStringWithoutAddress() => _withoutAddress ??= "/" + string.Join('/', Elements);

    public string ToStringWithAddress() => ToStringWithAddress(Address);

    public string ToStringWithAddress(Address address)
        => (IgnoreActorRef.IsIgnoreRefPath(this) || !Address.HasLocalScope ? Address : address) + ToStringWithoutAddress();

    public string ToStringWithUid() => AppendUid(ToStringWithAddress());

    public string ToSerializationFormat() => AppendUid(ToStringWithAddress());

    public string ToSerializationFormatWithAddress(Address address) => AppendUid(ToStringWithAddress(address));

    public bool Equals(ActorPath other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Depth != other.Depth || GetHashCode() != other.GetHashCode())
            return false;
        ActorPath left = this;
        ActorPath right = other;
        while (!ReferenceEquals(left, right))
        {
            if (left.Name != right.Name)
                return false;
            if (left.Parent is null)
                return left.Address.Equals(right.Address);
            left = left.Parent;
            right = right.Parent;
        }

        return true;
    }

    public override bool Equals(object obj) => Equals(obj as ActorPath);

    public override int GetHashCode()
    {
        if (_hash == 0)
        {
            int hash = Parent is null ? HashCode.Combine(Address, Name) : HashCode.Combine(Parent.GetHashCode(), Name);
            _hash = hash == 0 ? 1 : hash;
        }

        return _hash;
    }

    public int CompareTo(ActorPath other)
    {
        if (other is null)
            return 1;
        int result = Address.CompareTo(other.Address);
        for (int i = 0; result == 0 && i < Math.Min(Depth, other.Depth); i++)
            result = string.CompareOrdinal(Elements[i], other.Elements[i]);
        return result != 0 ? result : Depth.CompareTo(other.Depth);
    }

    public override string ToString() => Address + ToStringWithoutAddress();

    private string[] CollectElements()
    {
        string[] elements = new string[Depth];
        for (ActorPath current = this; current.Depth > 0; current = current.Parent)
            elements[current.Depth - 1] = current.Name;
        return elements;
    }

    private string AppendUid(string text) => Uid == UndefinedUid ? text : text + "#" + Uid;
}

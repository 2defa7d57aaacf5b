namespace Akka.Actor;

public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ICloneable
{
    public static readonly IComparer<Address> Comparer = Comparer<Address>.Create(Compare);

    public static readonly Address AllSystems = new("akka", "all-systems");

    private readonly int _hash;
    private string _text;

    public Address(string protocol, string system, string host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _hash = HashCode.Combine(Protocol, System, Host, Port);
    }

    public string Protocol { get; }

    public string System { get; }

    public string Host { get; }

    public int? Port { get; }

    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    public bool HasGlobalScope => !string.IsNullOrEmpty(Host);

    public static bool operator ==(Address left, Address right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Address left, Address right) => !(left == right);

    public static Address Parse(string address)
    {
        if (TryParse(address, out Address parsed))
        {
            // Akka.NET reads a system without host through Uri here, which lower-cases it, and keeps its case in TryParse.
            return parsed.HasLocalScope ? parsed.WithSystem(parsed.System.ToLowerInvariant()) : parsed;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out _))
            throw new UriFormatException($"[{address}] is not an address: an address looks like akka.tcp://system@host:port");
        throw new ArgumentException($"[{address}] is not an address: an address looks like akka.tcp://system@host:port", nameof(address));
    }

    public static bool TryParse(string path, out Address address) => TryParse(path.AsSpan(), out address, out _);

    public static bool TryParse(string path, out Address address, out string absolutUri)
    {
        bool parsed = TryParse(path.AsSpan(), out address, out ReadOnlySpan<char> rest);
        absolutUri = parsed ? rest.ToString() : null;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<char> span, out Address address) => TryParse(span, out address, out _);

    public static bool TryParse(ReadOnlySpan<char> span, out Address address, out ReadOnlySpan<char> absolutUri)
    {
        address = null;
        absolutUri = default;
        int scheme = span.IndexOf("://".AsSpan());
        if (scheme <= 0)
            return false;
        string protocol = span[..scheme].ToString().ToLowerInvariant();
        if (!protocol.StartsWith("akka", StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> rest = span[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        absolutUri = slash < 0 ? "/".AsSpan() : rest[slash..];
        ReadOnlySpan<char> authority = slash < 0 ? rest : rest[..slash];
        int at = authority.IndexOf('@');
        if (at < 0)
        {
            if (authority.IsEmpty)
                return false;
            address = new Address(protocol, authority.ToString());
            return true;
        }

        if (at == 0)
            return false;
        string system = authority[..at].ToString();
        ReadOnlySpan<char> endpoint = authority[(at + 1)..];
        int colon = endpoint.LastIndexOf(':');
        if (colon <= 0 || endpoint.EndsWith("]".AsSpan()))
            return false;
        if (!int.TryParse(endpoint[(colon + 1)..], out int port) || port is < 0 or > 65535)
            return false;
        address = new Address(protocol, system, endpoint[..colon].ToString(), port);
        return true;
    }

    public object Clone() => new Address(Protocol, System, Host, Port);

    public int CompareTo(Address other) => Compare(this, other);

    int IComparable.CompareTo(object obj) => obj is null or Address
        ? Compare(this, (Address)obj)
        : throw new ArgumentException($"Cannot compare an Address with {obj.GetType()}", nameof(obj));

    public string HostPort() => Format(withProtocol: false);

    public Address WithHost(string host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public bool Equals(Address other)
        => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Port == other.Port && Host == other.Host && System == other.System && Protocol == other.Protocol);

    public override bool Equals(object obj) => Equals(obj as Address);

    public override int GetHashCode() => _hash;

    public override string ToString() => _text ??= Format(withProtocol: true);

    private static int Compare(Address left, Address right)
    {
        if (ReferenceEquals(left, right))
            return 0;
        if (left is null)
            return -1;
        if (right is null)
            return 1;
        int result = string.CompareOrdinal(left.Protocol, right.Protocol);
        if (result == 0)
            result = string.CompareOrdinal(left.System, right.System);
        if (result == 0)
            result = string.CompareOrdinal(left.Host ?? "", right.Host ?? "");
        return result != 0 ? result : (left.Port ?? 0).CompareTo(right.Port ?? 0);
    }

    private string Format(bool withProtocol)
    {
        string text = withProtocol ? $"{Protocol}://{System}" : System;
        if (!string.IsNullOrEmpty(Host))
            text += "@" + Host;
        return Port is { } port ? text + ":" + port : text;
    }
}

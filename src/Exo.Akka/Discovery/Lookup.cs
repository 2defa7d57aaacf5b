using System.Text.RegularExpressions;
using Akka.Actor;

namespace Akka.Discovery;

/// <summary>What is looked for: a service, and where a method knows them a port's name and a protocol.</summary>
public partial class Lookup : INoSerializationVerificationNeeded, IEquatable<Lookup>
{
    public Lookup(string serviceName, string portName = null, string protocol = null)
    {
        if (string.IsNullOrEmpty(serviceName))
            throw new ArgumentNullException(nameof(serviceName), "A lookup needs the name of a service");
        ServiceName = serviceName;
        PortName = portName;
        Protocol = protocol;
    }

    public string ServiceName { get; }

    public string PortName { get; }

    public string Protocol { get; }

    /// <summary>Reads <c>_port._protocol.name</c>.</summary>
    public static Lookup ParseSrv(string srv)
    {
        ArgumentNullException.ThrowIfNull(srv);
        return Parse(srv) ?? throw new ArgumentException($"Unable to create Lookup from passed SRV string, invalid format: {srv}", nameof(srv));
    }

    public static bool IsValid(string srv) => !string.IsNullOrEmpty(srv) && Parse(srv) is not null;

    public Lookup WithPortName(string portName) => Copy(portName: portName);

    public Lookup WithProtocol(string protocol) => Copy(protocol: protocol);

    public Lookup Copy(string serviceName = null, string portName = null, string protocol = null)
        => new(serviceName ?? ServiceName, portName ?? PortName, protocol ?? Protocol);

    public bool Equals(Lookup other)
        => other is not null && (ReferenceEquals(this, other) || (ServiceName == other.ServiceName && PortName == other.PortName && Protocol == other.Protocol));

    public override bool Equals(object obj) => obj?.GetType() == GetType() && Equals((Lookup)obj);

    public override int GetHashCode() => HashCode.Combine(ServiceName, PortName, Protocol);

    public override string ToString() => $"Lookup({ServiceName}, {PortName}, {Protocol})";

    private static Lookup Parse(string srv)
    {
        Match match = Srv().Match(srv);
        return match.Success && match.Groups["name"].Value.Split('.').All(Label().IsMatch)
            ? new Lookup(match.Groups["name"].Value, match.Groups["port"].Value, match.Groups["protocol"].Value)
            : null;
    }

    [GeneratedRegex(@"\A_(?<port>.+?)\._(?<protocol>.+?)\.(?<name>.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Srv();

    /// <summary>RFC 1034: begins with a letter, ends with a letter or digit, at most 63 characters.</summary>
    [GeneratedRegex(@"\A[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}

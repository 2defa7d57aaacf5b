using System.Collections.Immutable;
using System.Net;

namespace Exo.Actors.Discovery;

/// <summary>A DNS record; its data is in the property that its type names.</summary>
/// <param name="Name">Without the last dot.</param>
/// <param name="Type">Type.</param>
/// <param name="Seconds">How long it may be kept; 0 = it is no longer true.</param>
internal sealed record DnsRecord(string Name, DnsType Type, int Seconds)
{
    /// <summary>The name that a PTR record points to, or the host of an SRV record.</summary>
    public string Target { get; init; } = "";

    /// <summary>The port of an SRV record.</summary>
    public int Port { get; init; }

    /// <summary>Priority and weight of an SRV record.</summary>
    public uint Rank { get; init; }

    /// <summary>The address of an A or AAAA record.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The texts of a TXT record, "key=value" each.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Whether it replaces all that was heard of this name and type (RFC 6762, 10.2).</summary>
    public bool Unique { get; init; }
}

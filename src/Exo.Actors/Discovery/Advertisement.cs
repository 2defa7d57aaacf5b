using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Exo.Actors.Discovery;

/// <summary>What a device tells its network of itself, and what is heard of others.</summary>
/// <param name="Id">Random, so that two devices of one name stay two.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Where its cluster port is.</param>
/// <param name="Port">That port.</param>
/// <param name="KeyMark">What tells one cluster key from another without revealing it; empty: no key.</param>
/// <param name="Version">Its program's version.</param>
/// <param name="Since">When it became a member of a cluster, in Unix milliseconds; 0: it is still looking for one.</param>
public sealed record Advertisement(string Id, string Name, IPAddress Address, int Port, string KeyMark, string Version, long Since)
{
    /// <summary>The service type of Exo's devices.</summary>
    public const string ServiceType = "_exo._tcp.local";

    internal const int Seconds = 120;
    private const int LongestName = 40;

    /// <summary><c>host:port</c>, as seeds are written.</summary>
    public string Seed => Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";

    /// <summary>
    /// Whether any device could join by the address. A link-local one differs from machine to machine by the number of the interface,
    /// and devices are known by the very text of their address.
    /// </summary>
    public bool IsJoinable => !Address.IsIPv6LinkLocal;

    internal string Instance => $"{Label(Name)} {Id}.{ServiceType}";

    internal string HostName => $"exo-{Id}.local";

    /// <summary>A random id.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>A mark of a key: 16 hex digits of a hash that cannot be turned round.</summary>
    /// <param name="clusterKey">The key; null or empty: none.</param>
    public static string MarkOf(string? clusterKey) => string.IsNullOrEmpty(clusterKey)
        ? ""
        : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterKey), "exo discovery 1"u8).AsSpan(0, 8));

    /// <summary>The records of a device; with 0 seconds its farewell.</summary>
    internal ImmutableArray<DnsRecord> Records(int seconds) =>
    [
        new(ServiceType, DnsType.Ptr, seconds) { Target = Instance },
        new(Instance, DnsType.Srv, seconds) { Target = HostName, Port = Port, Unique = true },
        new(Instance, DnsType.Txt, seconds)
        {
            Unique = true,
            Texts = [$"id={Id}", $"name={Name}", $"key={KeyMark}", $"version={Version}", string.Create(CultureInfo.InvariantCulture, $"since={Since}")],
        },
        new(HostName, Address.AddressFamily == AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A, seconds) { Address = Address, Unique = true },
    ];

    /// <summary>A device from what was heard of its instance; null while something is missing.</summary>
    internal static Advertisement? From(DnsRecord service, DnsRecord texts, IPAddress address)
    {
        string? Value(string key) => texts.Texts.FirstOrDefault(text => text.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];
        return Value("id") is { Length: > 0 } id && long.TryParse(Value("since"), NumberStyles.None, CultureInfo.InvariantCulture, out long since) && service.Port > 0
            ? new Advertisement(id, Value("name") ?? id, address, service.Port, Value("key") ?? "", Value("version") ?? "", since)
            : null;
    }

    private static string Label(string name)
    {
        string cut = name.Length > LongestName ? name[..LongestName] : name;
        while (Encoding.UTF8.GetByteCount(cut) > LongestName)
        {
            cut = cut[..^1];
        }

        return cut.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal);
    }
}

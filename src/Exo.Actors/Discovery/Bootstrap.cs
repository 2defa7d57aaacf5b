using System.Collections.Immutable;
using System.Net;

namespace Exo.Actors.Discovery;

/// <summary>How a device without seeds finds its cluster. A pure function of what it heard and how long it has listened.</summary>
public static class Bootstrap
{
    /// <summary>How long every device listens at least.</summary>
    public static readonly TimeSpan Listen = TimeSpan.FromSeconds(1);

    /// <summary>How long a device waits for another one that should form the cluster.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>
    /// The oldest cluster that was heard is joined, of equal ones that at the lowest address. Where nobody has one, the lowest address
    /// of all that look for one forms it, and the others wait for that.
    /// </summary>
    /// <param name="self">This device.</param>
    /// <param name="heard">All that was heard; itself and devices with another key or with an address that cannot be joined by are passed over.</param>
    /// <param name="listened">Since this device began to announce itself and to listen.</param>
    /// <returns>The seeds to join by; empty: form a cluster; null: listen on.</returns>
    public static ImmutableArray<string>? Decide(Advertisement self, IEnumerable<Advertisement> heard, TimeSpan listened)
    {
        ArgumentNullException.ThrowIfNull(self);
        Advertisement[] others = [.. heard.Where(device => device.Id != self.Id && device.KeyMark == self.KeyMark && device.IsJoinable)];
        if (listened < Listen)
        {
            return null;
        }

        Advertisement[] members = [.. others.Where(device => device.Since > 0).OrderBy(device => device.Since).ThenBy(device => device, Comparer<Advertisement>.Create(Compare))];
        if (members.Length > 0)
        {
            return [.. members.Select(device => device.Seed)];
        }

        bool lowest = others.All(device => Compare(self, device) < 0);
        return lowest || listened >= Patience ? [] : null;
    }

    /// <summary>By the bytes of the address, then port, then id.</summary>
    private static int Compare(Advertisement one, Advertisement other)
    {
        int order = Bytes(one.Address).AsSpan().SequenceCompareTo(Bytes(other.Address));
        order = order != 0 ? order : one.Port.CompareTo(other.Port);
        return order != 0 ? order : string.CompareOrdinal(one.Id, other.Id);
    }

    private static byte[] Bytes(IPAddress address) => address.MapToIPv6().GetAddressBytes();
}

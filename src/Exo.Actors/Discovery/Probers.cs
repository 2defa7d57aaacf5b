namespace Exo.Actors.Discovery;

/// <summary>
/// Devices that are about to tell of themselves: they ask for their own names and say what they mean to have. Who looks for a cluster
/// needs to know of them at once, so that two that start together do not both form one. Pure.
/// </summary>
internal static class Probers
{
    /// <summary>A probe claims no more than that; who is there after that announces itself.</summary>
    private const int Seconds = 5;

    /// <summary>What a question says of the device that asks, as if it had told it; without records for any other question.</summary>
    public static DnsMessage Of(DnsMessage query)
    {
        IEnumerable<DnsRecord> instances = query.Authority
            .Where(record => record.Type == DnsType.Srv && record.Name.EndsWith("." + Advertisement.ServiceType, StringComparison.OrdinalIgnoreCase))
            .Select(record => new DnsRecord(Advertisement.ServiceType, DnsType.Ptr, Seconds) { Target = record.Name });
        DnsRecord[] known = [.. instances];
        return DnsMessage.Response(known.Length == 0 ? [] : [.. known, .. query.Authority.Select(record => record with { Seconds = Math.Min(record.Seconds, Seconds) })], []);
    }
}

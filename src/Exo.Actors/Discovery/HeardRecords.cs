using System.Collections.Immutable;
using System.Net;

namespace Exo.Actors.Discovery;

/// <summary>The records that were heard, until they expire or are taken back. Pure over given times; bounded, whoever floods it.</summary>
internal sealed class HeardRecords
{
    private const int MostRecords = 4096;
    private readonly Dictionary<(string Name, DnsType Type, string Value), (DnsRecord Record, string Interface, TimeSpan Until)> _records = [];

    /// <summary>
    /// Names to ask for: instances that were heard of and lack records, and hosts of instances that lack an address by which they can be
    /// joined. Nobody tells those again by himself, as a question names the instances that are known and silences who has told of them.
    /// </summary>
    public IEnumerable<string> Incomplete => Instances().SelectMany(Lacking).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <param name="message">What was said.</param>
    /// <param name="heardOn">The interface's name.</param>
    /// <param name="index">Its number: a link-local address means nothing without (RFC 4007).</param>
    /// <param name="now">When it was heard.</param>
    /// <param name="isCertain">False: only meant by who says it, so what was told before stays.</param>
    public void Add(DnsMessage message, string heardOn, int index, TimeSpan now, bool isCertain = true)
    {
        Expire(now);
        foreach (DnsRecord said in message.Records)
        {
            DnsRecord record = said.Address is { IsIPv6LinkLocal: true } address ? said with { Address = new IPAddress(address.GetAddressBytes(), index) } : said;
            (string, DnsType, string) key = (record.Name.ToUpperInvariant(), record.Type, record.Type is DnsType.Ptr ? record.Target.ToUpperInvariant() : record.Address?.ToString() ?? "");
            if (record.Seconds == 0)
            {
                _records.Remove(key);
            }
            else if (!isCertain && _records.ContainsKey(key))
            {
                continue;
            }
            else if (_records.Count < MostRecords || _records.ContainsKey(key))
            {
                _records[key] = (record, heardOn, now + TimeSpan.FromSeconds(Math.Min(record.Seconds, 4500)));
            }
        }
    }

    public void Expire(TimeSpan now)
    {
        foreach ((string, DnsType, string) key in _records.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).ToArray())
        {
            _records.Remove(key);
        }
    }

    /// <summary>The devices of which enough was heard, by name of the instance.</summary>
    public ImmutableArray<HeardDevice> Devices()
    {
        ImmutableArray<HeardDevice>.Builder devices = ImmutableArray.CreateBuilder<HeardDevice>();
        foreach (string instance in Instances())
        {
            if (Find(instance, DnsType.Srv) is { } service && Find(instance, DnsType.Txt) is { } texts && AddressOf(service.Record.Target) is { } address
                && Advertisement.From(service.Record, texts.Record, address) is { } device)
            {
                devices.Add(new HeardDevice(device, service.Interface));
            }
        }

        return devices.ToImmutable();
    }

    /// <summary>What was heard of Exo's service type with more than half of its time left: a query names it, so that it is not told again.</summary>
    public IEnumerable<DnsRecord> Known(TimeSpan now) => _records.Values
        .Where(entry => entry.Record.Type == DnsType.Ptr && Same(entry.Record.Name, Advertisement.ServiceType) && entry.Until - now > TimeSpan.FromSeconds(entry.Record.Seconds / 2.0))
        .Select(entry => entry.Record with { Seconds = (int)(entry.Until - now).TotalSeconds });

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private string[] Instances() => [.. _records.Values
        .Where(entry => entry.Record.Type == DnsType.Ptr && Same(entry.Record.Name, Advertisement.ServiceType))
        .Select(entry => entry.Record.Target)
        .Order(StringComparer.Ordinal)];

    private IEnumerable<string> Lacking(string instance)
    {
        (DnsRecord Record, string Interface, TimeSpan Until)? service = Find(instance, DnsType.Srv);
        if (service is null || Find(instance, DnsType.Txt) is null)
        {
            yield return instance;
        }

        if (service is { } known && AddressOf(known.Record.Target) is null or { IsIPv6LinkLocal: true })
        {
            yield return known.Record.Target;
        }
    }

    private (DnsRecord Record, string Interface, TimeSpan Until)? Find(string name, DnsType type)
    {
        foreach ((DnsRecord Record, string Interface, TimeSpan Until) entry in _records.Values)
        {
            if (entry.Record.Type == type && Same(entry.Record.Name, name))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Of several addresses one that any device of the network can use: a link-local one has another name on every machine.</summary>
    private IPAddress? AddressOf(string host) => _records.Values
        .Where(entry => entry.Record.Address is not null && Same(entry.Record.Name, host))
        .OrderBy(entry => entry.Record.Address!.IsIPv6LinkLocal ? 2 : entry.Record.Type == DnsType.A ? 0 : 1)
        .Select(entry => entry.Record.Address)
        .FirstOrDefault();
}

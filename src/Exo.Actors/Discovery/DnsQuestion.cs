namespace Exo.Actors.Discovery;

/// <summary>What a DNS message asks for.</summary>
/// <param name="Name">Without the last dot.</param>
/// <param name="Type">Type of record.</param>
/// <param name="Unicast">Whether the answer may come to the asker alone (RFC 6762, 5.4).</param>
internal sealed record DnsQuestion(string Name, DnsType Type, bool Unicast);

namespace Exo.Actors.Discovery;

/// <summary>Types of DNS records that service discovery uses (RFC 1035, 2782, 3596).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Any = 255,
}

namespace Exo.Actors.Discovery;

/// <summary>What a name server says of its answer (RFC 1035, 4.1.1; RFC 2136).</summary>
internal enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
}

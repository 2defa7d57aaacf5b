using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Discovery;

namespace Exo.Actors.Discovery;

/// <summary>
/// Services by DNS: with a port's name and a protocol by SRV records (RFC 2782), else by the addresses of a name.
/// The method <c>exo-dns</c> of <c>akka.discovery</c>. Thread-safe.
/// </summary>
public sealed class DnsDiscovery : ServiceDiscovery
{
    private const int Port = 53;
    private const int LargestMessage = 65_535;

    /// <summary>Replies to other questions may arrive first; whoever sends more than these is no name server.</summary>
    private const int MostReplies = 16;

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);
    private readonly ImmutableArray<IPEndPoint> _servers;

    /// <summary>Asks the name servers of this machine.</summary>
    public DnsDiscovery()
        : this([])
    {
    }

    /// <summary>Asks others.</summary>
    /// <param name="servers">Name servers, asked in order; empty: those of this machine.</param>
    public DnsDiscovery(ImmutableArray<IPEndPoint> servers) => _servers = servers;

    /// <inheritdoc />
    /// <remarks>A service without SRV records, also one of a name that does not exist, is found without addresses.</remarks>
    /// <exception cref="SocketException">The name does not exist (<see cref="SocketError.HostNotFound"/>) or has no address (<see cref="SocketError.NoData"/>), or no name server can be reached.</exception>
    /// <exception cref="NameServerException">All name servers answered that they cannot tell.</exception>
    /// <exception cref="TimeoutException">No name server answered in time.</exception>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        if (lookup.PortName is null || lookup.Protocol is null)
        {
            IPAddress[] addresses = await AddressesAsync(lookup.ServiceName, resolveTimeout);
            return new Resolved(lookup.ServiceName, addresses.Select(address => new ResolvedTarget(lookup.ServiceName, address: address)));
        }

        List<ResolvedTarget> targets = [];
        foreach (DnsRecord service in await ServicesAsync($"_{lookup.PortName}._{lookup.Protocol}.{lookup.ServiceName}", resolveTimeout))
        {
            foreach (IPAddress address in await AddressesAsync(service.Target, resolveTimeout))
            {
                targets.Add(new ResolvedTarget(service.Target, service.Port, address));
            }
        }

        return new Resolved(lookup.ServiceName, targets);
    }

    private static async Task<IPAddress[]> AddressesAsync(string name, TimeSpan timeout) =>
        [.. (await Dns.GetHostAddressesAsync(name).WaitAsync(timeout)).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)];

    private async Task<IEnumerable<DnsRecord>> ServicesAsync(string name, TimeSpan timeout)
    {
        IPEndPoint[] servers = [.. _servers.IsEmpty ? ServersOfThisMachine() : _servers];
        if (servers.Length == 0)
        {
            throw new SocketException((int)SocketError.NetworkUnreachable);
        }

        using CancellationTokenSource patience = new(timeout);
        Exception? last = null;
        for (int round = 0; !patience.IsCancellationRequested; round++)
        {
            IPEndPoint server = servers[round % servers.Length];
            try
            {
                if (await AskAsync(server, name, patience.Token) is { } answer)
                {
                    // Of a truncated answer the records that fitted are enough to join by.
                    return answer.Code is DnsCode.NoError or DnsCode.NoSuchName
                        ? answer.Answers.Where(record => record.Type == DnsType.Srv && record.Port > 0 && record.Target.Length > 0)
                        : throw new NameServerException($"The name server {server.Address} answered {Words(answer.Code)} for {name}.");
                }
            }
            catch (Exception e) when (e is SocketException or NameServerException)
            {
                last = e;
                if (round + 1 >= servers.Length)
                {
                    throw;
                }
            }
        }

        throw new TimeoutException($"No name server answered for {name} within {timeout.TotalSeconds:0} s.", last);
    }

    private static string Words(DnsCode code) => code switch
    {
        DnsCode.ServerFailure => "'server failure'",
        DnsCode.Refused => "'refused'",
        DnsCode.FormatError => "'format error'",
        DnsCode.NotImplemented => "'not implemented'",
        _ => $"with the error {(int)code}",
    };

    /// <summary>Null: no answer, ask another one or again.</summary>
    private static async Task<DnsMessage?> AskAsync(IPEndPoint server, string name, CancellationToken ct)
    {
        int id = RandomNumberGenerator.GetInt32(1, 65_536);
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, ct);
        await socket.SendAsync((DnsMessage.Query([new DnsQuestion(name, DnsType.Srv, Unicast: false)], []) with { Id = id, WantsRecursion = true }).ToBytes(), ct);
        using CancellationTokenSource again = CancellationTokenSource.CreateLinkedTokenSource(ct);
        again.CancelAfter(s_again);
        byte[] buffer = new byte[LargestMessage];
        try
        {
            for (int reply = 0; reply < MostReplies; reply++)
            {
                int length = await socket.ReceiveAsync(buffer, again.Token);
                if (DnsMessage.TryRead(buffer.AsSpan(0, length)) is { IsResponse: true } message && message.Id == id)
                {
                    return message;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The reply was lost, or there is none: the caller decides whether there is time for another try.
            return null;
        }

        return null;
    }

    private static IEnumerable<IPEndPoint> ServersOfThisMachine() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(one => one.GetIPProperties().DnsAddresses)
        .Distinct()
        .Select(address => new IPEndPoint(address, Port));
}

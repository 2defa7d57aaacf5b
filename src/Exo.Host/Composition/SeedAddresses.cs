using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Discovery;
using Exo.Actors.Discovery;
using Exo.Host.Terminal;

namespace Exo.Host.Composition;

/// <summary>What --seed names, as addresses: an address, a name with one or many, an SRV name, or all of a Tailscale network.</summary>
internal sealed class SeedAddresses
{
    /// <summary>The host that stands for the machines of a Tailscale network.</summary>
    public const string Tailscale = "tailscale";

    private const int MostTogether = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_reach = TimeSpan.FromSeconds(2);
    private readonly ServiceDiscovery _dns;
    private readonly ServiceDiscovery _tailscale;

    private readonly Action<string>? _warn;

    /// <param name="dns">Asks name servers; null: those of this machine.</param>
    /// <param name="tailscale">Asks Tailscale; null: that of this machine.</param>
    /// <param name="warn">Takes a line for each name that has no address yet.</param>
    public SeedAddresses(ServiceDiscovery? dns = null, ServiceDiscovery? tailscale = null, Action<string>? warn = null)
    {
        _dns = dns ?? new DnsDiscovery();
        _tailscale = tailscale ?? new TailscaleDiscovery();
        _warn = warn;
    }

    /// <summary>Whether a text can stand after --seed.</summary>
    public static bool IsValid(string seed) => (HostPort.TryParse(seed, out HostPort? address) && address.Port != 0) || Lookup.IsValid(seed);

    /// <summary>All addresses, each once, in the order of the seeds. Those of a Tailscale network that do not answer are left out.</summary>
    /// <exception cref="CommandFailureException">An SRV name or the Tailscale network gives none; the message has the remedy.</exception>
    public async Task<ImmutableArray<string>> ExpandAsync(IEnumerable<string> seeds, CancellationToken ct)
    {
        List<string> all = [];
        foreach (string seed in seeds)
        {
            SeedLookup look = await LookAsync(seed, ct);
            if (look.Outcome != SeedOutcome.Found && look.Addresses.IsEmpty)
            {
                throw new CommandFailureException(look.Remedy.Length > 0 ? $"{look.Reason}: {look.Remedy}." : look.Reason + ".");
            }

            if (look.Outcome != SeedOutcome.Found)
            {
                // A name that cannot be resolved yet is tried again by the cluster for as long as it takes.
                _warn?.Invoke($"{look.Reason}; it is tried again until it can be joined. If it stays so: {look.Remedy}.");
            }

            all.AddRange(look.Addresses);
        }

        return [.. all.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What one seed leads to; throws nothing but when it is cancelled.</summary>
    public async Task<SeedLookup> LookAsync(string seed, CancellationToken ct)
    {
        if (!HostPort.TryParse(seed, out HostPort? address) || address.Port == 0)
        {
            return await ServiceAsync(seed);
        }

        return address.Host == Tailscale ? await TailscaleAsync(seed, address.Port, ct)
            : IPAddress.TryParse(address.Host, out _) ? new SeedLookup(seed, SeedOutcome.Found, [seed])
            : await NameAsync(address);
    }

    /// <summary>A device is known by the very text of its --host, which may be the name or the address.</summary>
    private async Task<SeedLookup> NameAsync(HostPort named)
    {
        string seed = named.ToString();
        try
        {
            ServiceDiscovery.Resolved found = await _dns.Lookup(new Lookup(named.Host), s_patience);
            return new SeedLookup(seed, SeedOutcome.Found, [seed, .. found.Addresses.Select(target => Text(target.Address, named.Port))]);
        }
        catch (Exception e) when (IsOfNames(e))
        {
            return Failed(seed, named.Host, e, [seed]);
        }
    }

    private async Task<SeedLookup> ServiceAsync(string seed)
    {
        try
        {
            ServiceDiscovery.Resolved found = await _dns.Lookup(Lookup.ParseSrv(seed), s_patience);
            return found.Addresses.IsEmpty
                ? new SeedLookup(seed, SeedOutcome.NoRecord, [], $"{seed} has no SRV record")
                : new SeedLookup(seed, SeedOutcome.Found, [.. found.Addresses.Select(target => Text(target.Address, target.Port ?? 0))]);
        }
        catch (Exception e) when (IsOfNames(e))
        {
            return Failed(seed, seed, e, []);
        }
    }

    private static bool IsOfNames(Exception e) => e is SocketException or TimeoutException or NameServerException;

    /// <summary>That there is no such name is an answer; that nobody answered is none.</summary>
    private static SeedLookup Failed(string seed, string name, Exception e, ImmutableArray<string> addresses) => e switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound } => new SeedLookup(seed, SeedOutcome.NoRecord, addresses, $"There is no such name as {name}"),
        SocketException { SocketErrorCode: SocketError.NoData } => new SeedLookup(seed, SeedOutcome.NoRecord, addresses, $"{name} has no address"),
        SocketException { SocketErrorCode: SocketError.TryAgain } => new SeedLookup(seed, SeedOutcome.Unknown, addresses, $"{name} cannot be looked up, as the name servers failed or did not answer"),
        TimeoutException => new SeedLookup(seed, SeedOutcome.Unknown, addresses, $"{name} cannot be looked up, as no name server answered within {s_patience.TotalSeconds:0} s"),
        _ => new SeedLookup(seed, SeedOutcome.Unknown, addresses, $"{name} cannot be looked up ({e.Message.TrimEnd('.')})"),
    };

    private async Task<SeedLookup> TailscaleAsync(string seed, int port, CancellationToken ct)
    {
        ImmutableList<ServiceDiscovery.ResolvedTarget> machines;
        try
        {
            machines = (await _tailscale.Lookup(Tailscale, s_patience)).Addresses;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return new SeedLookup(seed, SeedOutcome.Unknown, [], e.Message.TrimEnd('.'));
        }

        List<string> answering = [];
        foreach (ServiceDiscovery.ResolvedTarget[] together in machines.Chunk(MostTogether))
        {
            bool[] answers = await Task.WhenAll(together.Select(machine => AnswersAsync(machine.Address, port, ct)));
            answering.AddRange(together.Where((_, index) => answers[index]).Select(machine => Text(machine.Address, port)));
        }

        return new SeedLookup(seed, SeedOutcome.Found, [.. answering]);
    }

    private static async Task<bool> AnswersAsync(IPAddress address, int port, CancellationToken ct)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_reach);
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Text(IPAddress address, int port) => new HostPort(address.ToString(), port).ToString();
}

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

    public SeedAddresses(ServiceDiscovery? dns = null, ServiceDiscovery? tailscale = null)
    {
        _dns = dns ?? new DnsDiscovery();
        _tailscale = tailscale ?? new TailscaleDiscovery();
    }

    /// <summary>Whether a text can stand after --seed.</summary>
    public static bool IsValid(string seed) => (HostPort.TryParse(seed, out HostPort? address) && address.Port != 0) || Lookup.IsValid(seed);

    /// <summary>All addresses, each once, in the order of the seeds. Those of a Tailscale network that do not answer are left out.</summary>
    /// <exception cref="CommandFailureException">An SRV name or the Tailscale network cannot be asked; the message has the remedy.</exception>
    public async Task<ImmutableArray<string>> ExpandAsync(IEnumerable<string> seeds, CancellationToken ct)
    {
        List<string> all = [];
        foreach (string seed in seeds)
        {
            all.AddRange(await OneAsync(seed, ct));
        }

        return [.. all.Distinct(StringComparer.Ordinal)];
    }

    private async Task<IEnumerable<string>> OneAsync(string seed, CancellationToken ct)
    {
        if (!HostPort.TryParse(seed, out HostPort? address) || address.Port == 0)
        {
            return await ServiceAsync(seed);
        }

        return address.Host == Tailscale ? await TailscaleAsync(address.Port, ct)
            : IPAddress.TryParse(address.Host, out _) ? [seed]
            : await NameAsync(address);
    }

    /// <summary>A device is known by the very text of its --host, which may be the name or the address.</summary>
    private async Task<IEnumerable<string>> NameAsync(HostPort named)
    {
        try
        {
            ServiceDiscovery.Resolved found = await _dns.Lookup(new Lookup(named.Host), s_patience);
            return [named.ToString(), .. found.Addresses.Select(target => Text(target.Address, named.Port))];
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            // A name that cannot be resolved yet is tried again by the cluster for as long as it takes.
            return [named.ToString()];
        }
    }

    private async Task<IEnumerable<string>> ServiceAsync(string seed)
    {
        try
        {
            ServiceDiscovery.Resolved found = await _dns.Lookup(Lookup.ParseSrv(seed), s_patience);
            return found.Addresses.IsEmpty
                ? throw new CommandFailureException($"{seed} has no SRV record: mend the name of --seed, or give HOST:PORT.")
                : found.Addresses.Select(target => Text(target.Address, target.Port ?? 0));
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            throw new CommandFailureException($"{seed} cannot be looked up ({e.Message}): look at the name servers of this machine, or give --seed HOST:PORT.", e);
        }
    }

    private async Task<IEnumerable<string>> TailscaleAsync(int port, CancellationToken ct)
    {
        ImmutableList<ServiceDiscovery.ResolvedTarget> machines;
        try
        {
            machines = (await _tailscale.Lookup(Tailscale, s_patience)).Addresses;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            throw new CommandFailureException(e.Message, e);
        }

        List<string> answering = [];
        foreach (ServiceDiscovery.ResolvedTarget[] together in machines.Chunk(MostTogether))
        {
            bool[] answers = await Task.WhenAll(together.Select(machine => AnswersAsync(machine.Address, port, ct)));
            answering.AddRange(together.Where((_, index) => answers[index]).Select(machine => Text(machine.Address, port)));
        }

        return answering;
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

using System.Net;
using Exo.Actors.Configuration;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Composition;

/// <summary>Nothing is offered to a network without a key.</summary>
internal static class AddressRules
{
    /// <exception cref="CommandFailureException">An address is not loopback and the key it needs is missing.</exception>
    public static void Check(DeviceOptions options)
    {
        if (IPAddress.TryParse(options.Cluster.Host, out IPAddress? address) && address.IsIPv6LinkLocal)
        {
            throw new CommandFailureException($"{options.Cluster.Host} is a link-local address, which every machine calls by another name, and devices are known by their address: give --host an IPv4 address, or an IPv6 address that does not begin with fe80.", ExitCode.Usage);
        }

        if (!ClusterProtection.IsByKey && ClusterProtection.Refusal(options.Cluster.Host, options.ClusterKey, options.Overrides, options.Configuration) is { } reason)
        {
            throw new CommandFailureException(reason, ExitCode.Usage);
        }

        if (ClusterProtection.IsByKey && !options.Cluster.IsLoopback && string.IsNullOrWhiteSpace(options.ClusterKey))
        {
            throw new CommandFailureException($"Devices on {options.Cluster.Host} are reachable from the network, so they need a cluster key. Make one with `exo key cluster --out {ClusterKey.InHome(options.Home).FullName}`, copy that file to every device, and start again; or set {ClusterKey.Variable}, or give --key-file.", ExitCode.Usage);
        }

        if (ClusterProtection.IsByKey && !options.Cluster.IsLoopback && options.ClusterKey!.Length < ClusterKey.LeastLength)
        {
            throw new CommandFailureException($"The cluster key has {options.ClusterKey.Length} characters and could be guessed; give one of {ClusterKey.LeastLength} or more, as `exo key cluster` makes.", ExitCode.Usage);
        }

        if (!options.Http.IsLoopback && string.IsNullOrWhiteSpace(options.ApiKey))
        {
            throw new CommandFailureException($"The gateway on {options.Http.Host} is reachable from the network, so it needs an API key: set EXO_API_KEY, or leave --http on 127.0.0.1.", ExitCode.Usage);
        }

        if (!options.Pbm.IsLoopback)
        {
            throw new CommandFailureException($"The command port has no key and stays on this machine: give --pbm 127.0.0.1:{options.Pbm.Port}.", ExitCode.Usage);
        }
    }
}

using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Host.Doctor;

/// <summary>What keeps this machine and the devices it hears apart. Pure.</summary>
internal static class NeighbourDiagnosis
{
    /// <summary>What a heard device tells, and whether this machine could be in its cluster.</summary>
    /// <param name="heard">The device.</param>
    /// <param name="keyMark">The mark of this machine's key; empty: it has none.</param>
    /// <param name="version">This program's version.</param>
    /// <param name="reached">Why its port could not be reached; null: it answered.</param>
    public static Finding Of(HeardDevice heard, string keyMark, string version, string? reached)
    {
        Advertisement device = heard.Device;
        string about = $"{device.Name} at {device.Seed}, heard on {heard.Interface}";
        if (!device.IsJoinable)
        {
            return new Finding(about, false, "tells a link-local address, by which it cannot be joined", "Start it with --host and an IPv4 address, or an IPv6 address that does not begin with fe80.");
        }

        if (device.KeyMark != keyMark)
        {
            return new Finding(about, false, keyMark.Length == 0 ? "has a cluster key, and this machine has none" : "has another cluster key than this machine", "Copy the key file of one to the other: `exo key cluster --help` says where it lies.");
        }

        if (reached is not null)
        {
            return new Finding(about, false, $"is heard, and its port {device.Port} cannot be reached: {reached}", $"Let TCP port {device.Port} through the firewall of {IPAddressText(device.Address)}, or give its `exo up` a --port that is open.");
        }

        return device.Version == version
            ? new Finding(about, true, device.Since == 0 ? "looks for a cluster" : "can be joined", "")
            : new Finding(about, true, $"can be joined; it is of version {device.Version}, this one of {version}", "Use the same release on all devices.");
    }

    private static string IPAddressText(IPAddress address) => address.ToString();
}

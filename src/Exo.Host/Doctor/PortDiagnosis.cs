using System.Net.Sockets;
using Exo.Host.Devices;
using Exo.Host.Ports;
using Exo.Host.Terminal;

namespace Exo.Host.Doctor;

/// <summary>Whether a device could listen where it is told to. Pure.</summary>
internal static class PortDiagnosis
{
    /// <summary>One finding.</summary>
    /// <param name="what">What listens there: gateway, cluster, commands.</param>
    /// <param name="option">The option that moves it.</param>
    /// <param name="address">Where.</param>
    /// <param name="refused">Why it cannot be listened there; null: it can.</param>
    /// <param name="running">The devices of this machine.</param>
    /// <param name="holder">The program that has the port, if it is known.</param>
    /// <param name="listens">Whether a program listens there; else a connection holds it, which passes.</param>
    public static Finding Of(string what, string option, HostPort address, SocketError? refused, IReadOnlyList<NodeFile> running, string? holder, bool listens = true)
    {
        string about = $"{what} port {address}";
        if (address.Port == 0)
        {
            return new Finding(about, true, "any free one", "");
        }

        if (refused == SocketError.AddressAlreadyInUse && running.FirstOrDefault(node => Has(node, address.Port)) is { } device)
        {
            return new Finding(about, true, $"device {device.Name} runs there, process {device.Pid}", $"A second device of this machine needs another one: give it {option} with another port, or 0.");
        }

        return refused switch
        {
            null => new Finding(about, true, "free", ""),
            SocketError.AddressAlreadyInUse when !listens => new Finding(about, true, "held by a connection of another program, where none listens", $"exo up waits for up to {ListenSocket.Patience.TotalSeconds:0} s until it is free; or give {option} another port.{Search(address.Port)}"),
            SocketError.AddressAlreadyInUse => new Finding(about, false, $"is in use by {holder ?? "another program"}", $"End that program, or give {option} another port, or 0 for any free one.{(holder is null ? Search(address.Port) : "")}"),
            SocketError.AddressNotAvailable => new Finding(about, false, $"{address.Host} is no address of this machine", $"Give {option} one that it has; the interfaces are named here too."),
            SocketError.AccessDenied => new Finding(about, false, "needs rights that this user lacks", $"Give {option} a port above 1023."),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new Finding(about, false, $"{address.Host} has no address", $"Give {option} an IP address of this machine."),
            { } other => new Finding(about, false, $"cannot be used: {new SocketException((int)other).Message}", $"Give {option} another address."),
        };
    }

    private static bool Has(NodeFile node, int port) => new[] { node.Akka, node.Http, node.Pbm }.Any(address => HostPort.TryParse(address, out HostPort? own) && own.Port == port);

    private static string Search(int port) =>
        OperatingSystem.IsWindows() ? $" `netstat -ano` shows which process has port {port}." : $" `lsof -i :{port}` shows which program it is; of other users' only to root.";
}

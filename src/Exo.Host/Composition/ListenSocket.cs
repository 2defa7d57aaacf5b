using System.Net;
using System.Net.Sockets;
using Exo.Host.Terminal;

namespace Exo.Host.Composition;

/// <summary>Sockets are bound before anything else starts: their ports are then known, and one that is taken is named at once.</summary>
internal static class ListenSocket
{
    private const int Backlog = 512;

    /// <exception cref="CommandFailureException">The address is taken or none of this machine's.</exception>
    public static Socket Bind(HostPort endpoint, string option)
    {
        IPAddress address = Resolve(endpoint, option);
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, endpoint.Port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => InUse(endpoint.Port, option, e),
                SocketError.AddressNotAvailable => new CommandFailureException($"{endpoint.Host} is no address of this machine: give {option} one that it has, or leave {option} out.", e),
                SocketError.AccessDenied => new CommandFailureException($"Port {endpoint.Port} needs rights that this user lacks: give {option} a port above 1023.", e),
                _ => new CommandFailureException($"{option} {endpoint} cannot be used: {e.Message}.", e),
            };
        }
    }

    public static CommandFailureException InUse(int port, string option, Exception e) =>
        new($"Port {port} is in use by another program: give {option} another port, or 0 for any free one.", e);

    /// <summary>The address as other programs reach it.</summary>
    public static string Text(Socket socket)
    {
        IPEndPoint bound = (IPEndPoint)socket.LocalEndPoint!;
        IPAddress address = bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : bound.Address;
        return new IPEndPoint(address, bound.Port).ToString();
    }

    private static IPAddress Resolve(HostPort endpoint, string option)
    {
        if (IPAddress.TryParse(endpoint.Host, out IPAddress? address))
        {
            return address;
        }

        try
        {
            return Dns.GetHostAddresses(endpoint.Host).OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault()
                ?? throw new CommandFailureException($"{endpoint.Host} has no address: give {option} an IP address.");
        }
        catch (SocketException e)
        {
            throw new CommandFailureException($"{endpoint.Host} cannot be resolved: give {option} an IP address of this machine.", e);
        }
    }
}

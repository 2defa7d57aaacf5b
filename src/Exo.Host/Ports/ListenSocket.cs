using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Exo.Host.Terminal;

namespace Exo.Host.Ports;

/// <summary>Sockets are bound before anything else starts: their ports are then known, and one that is taken is named at once.</summary>
internal static class ListenSocket
{
    private const int Backlog = 512;

    /// <summary>A little longer than Linux keeps a closed connection (TIME_WAIT, 60 s).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(65);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A socket that listens. A port of the range that systems give to outgoing connections can be held by one of those, and on Linux
    /// for a minute after it was closed; nobody is to blame and it passes, so that is waited for. A port where a program listens is refused at once.
    /// </summary>
    /// <exception cref="CommandFailureException">The address is taken or none of this machine's.</exception>
    public static async Task<Socket> BindAsync(HostPort endpoint, string option, Action<string> warn, TimeSpan patience, CancellationToken ct)
    {
        IPEndPoint address = new(await ResolveAsync(endpoint, option, ct), endpoint.Port);
        long start = Stopwatch.GetTimestamp();
        bool warned = false;
        while (true)
        {
            Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(address);
                socket.Listen(Backlog);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                bool held = e.SocketErrorCode == SocketError.AddressAlreadyInUse && !IsListening(endpoint.Port);
                if (!held || Stopwatch.GetElapsedTime(start) >= patience)
                {
                    throw Refusal(endpoint, option, held, e);
                }
            }

            if (!warned)
            {
                warn($"Port {endpoint.Port} is held by a connection of another program, where none listens; waiting up to {patience.TotalSeconds:0} s until it is free.");
                warned = true;
            }

            await Task.Delay(s_pause, ct);
        }
    }

    private static CommandFailureException Refusal(HostPort endpoint, string option, bool held, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse when held => new($"Port {endpoint.Port} is held by a connection of another program: give {option} another port, or 0 for any free one.", e),
        SocketError.AddressAlreadyInUse => new($"Port {endpoint.Port} is in use by another program: give {option} another port, or 0 for any free one.", e),
        SocketError.AddressNotAvailable => new($"{endpoint.Host} is no address of this machine: give {option} one that it has, or leave {option} out.", e),
        SocketError.AccessDenied => new($"Port {endpoint.Port} needs rights that this user lacks: give {option} a port above 1023.", e),
        _ => new($"{option} {endpoint} cannot be used: {e.Message}.", e),
    };

    /// <summary>Whether any program listens at a port, at whatever address. A port can also be held by a connection alone, where none listens.</summary>
    public static bool IsListening(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port);

    /// <summary>The address as other programs reach it.</summary>
    public static string Text(Socket socket)
    {
        IPEndPoint bound = (IPEndPoint)socket.LocalEndPoint!;
        IPAddress address = bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : bound.Address;
        return new IPEndPoint(address, bound.Port).ToString();
    }

    private static async Task<IPAddress> ResolveAsync(HostPort endpoint, string option, CancellationToken ct)
    {
        if (IPAddress.TryParse(endpoint.Host, out IPAddress? address))
        {
            return address;
        }

        try
        {
            return (await Dns.GetHostAddressesAsync(endpoint.Host, ct)).OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault()
                ?? throw new CommandFailureException($"{endpoint.Host} has no address: give {option} an IP address.");
        }
        catch (SocketException e)
        {
            throw new CommandFailureException($"{endpoint.Host} cannot be resolved: give {option} an IP address of this machine.", e);
        }
    }
}

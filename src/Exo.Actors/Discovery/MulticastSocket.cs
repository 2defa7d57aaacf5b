using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Exo.Actors.Discovery;

/// <summary>Port 5353 of one address family, shared with other responders of the machine, on the multicast group of every interface that is up.</summary>
internal sealed class MulticastSocket : IDisposable
{
    public const int Port = 5353;
    private static readonly IPAddress s_group4 = IPAddress.Parse("224.0.0.251");
    private static readonly IPAddress s_group6 = IPAddress.Parse("ff02::fb");
    private readonly Socket _socket;
    private readonly AddressFamily _family;
    private readonly bool _loopback;
    private readonly Lock _sending = new();
    private readonly ConcurrentDictionary<int, string> _joined = [];

    private MulticastSocket(Socket socket, AddressFamily family, bool loopback)
    {
        _socket = socket;
        _family = family;
        _loopback = loopback;
    }

    private SocketOptionLevel Level => _family == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;

    private IPAddress Group => _family == AddressFamily.InterNetwork ? s_group4 : s_group6;

    /// <summary>Opens the port; null and the reason where the machine does not allow it.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="loopback">Whether the loopback interface is used instead of the others.</param>
    /// <param name="problem">Why it cannot be opened.</param>
    public static MulticastSocket? TryOpen(AddressFamily family, bool loopback, out string? problem)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            MulticastSocket multicast = new(socket, family, loopback);
            socket.SetSocketOption(multicast.Level, SocketOptionName.PacketInformation, true);
            socket.SetSocketOption(multicast.Level, SocketOptionName.MulticastTimeToLive, 255);
            socket.SetSocketOption(multicast.Level, SocketOptionName.MulticastLoopback, true);
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, Port));
            multicast.JoinInterfaces();
            problem = null;
            return multicast;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Joins the group on interfaces that came up since the last call.</summary>
    /// <returns>The names of those that it is joined on.</returns>
    public IReadOnlyCollection<string> JoinInterfaces()
    {
        foreach (NetworkInterface one in NetworkInterface.GetAllNetworkInterfaces())
        {
            bool wanted = one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && one.NetworkInterfaceType == NetworkInterfaceType.Loopback == _loopback;
            if (wanted && IndexOf(one) is { } index && !_joined.ContainsKey(index))
            {
                try
                {
                    SetMembership(SocketOptionName.AddMembership, index);
                    _joined[index] = one.Name;
                }
                catch (SocketException)
                {
                    // An interface without multicast, as some tunnels are: nothing can be heard there.
                }
            }
        }

        return [.. _joined.Values];
    }

    public void Send(byte[] message)
    {
        lock (_sending)
        {
            foreach (int index in _joined.Keys)
            {
                try
                {
                    _socket.SetSocketOption(Level, SocketOptionName.MulticastInterface, _family == AddressFamily.InterNetwork ? IPAddress.HostToNetworkOrder(index) : index);
                    _socket.SendTo(message, new IPEndPoint(Group, Port));
                }
                catch (SocketException)
                {
                    Leave(index);
                }
            }
        }
    }

    /// <summary>Answers one asker alone.</summary>
    public void SendTo(byte[] message, EndPoint asker)
    {
        lock (_sending)
        {
            try
            {
                _socket.SendTo(message, asker);
            }
            catch (SocketException)
            {
                // The asker is gone; it will ask again if it still wants to know.
            }
        }
    }

    /// <summary>The next message of anybody.</summary>
    public async Task<(int Length, EndPoint From, (string Name, int Index) Interface)> ReceiveAsync(byte[] buffer, CancellationToken ct)
    {
        EndPoint any = new IPEndPoint(_family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        SocketReceiveMessageFromResult received = await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, any, ct);
        int index = received.PacketInformation.Interface;
        return (received.ReceivedBytes, received.RemoteEndPoint, (_joined.GetValueOrDefault(index, "?"), index));
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The interface went down between two looks at the list; it is joined again when it is back.</summary>
    private void Leave(int index)
    {
        _joined.TryRemove(index, out _);
        try
        {
            // A group that the socket still belongs to could not be joined a second time.
            SetMembership(SocketOptionName.DropMembership, index);
        }
        catch (SocketException)
        {
            // The interface took its membership with it.
        }
    }

    private void SetMembership(SocketOptionName change, int index)
    {
        object option = _family == AddressFamily.InterNetwork ? new MulticastOption(s_group4, index) : new IPv6MulticastOption(s_group6, index);
        _socket.SetSocketOption(Level, change, option);
    }

    private int? IndexOf(NetworkInterface one)
    {
        try
        {
            return _family == AddressFamily.InterNetwork ? one.GetIPProperties().GetIPv4Properties()?.Index : one.GetIPProperties().GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}

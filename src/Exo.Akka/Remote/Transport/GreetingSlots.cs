using System.Net;

namespace Akka.Remote.Transport;

/// <summary>Bounds the connections between their first byte and their admission, in all and for one host, so that one stranger cannot keep the others out.</summary>
internal sealed class GreetingSlots
{
    public const int MaxOfAll = 1024;
    public const int MaxOfOneHost = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _hosts = [];
    private int _all;

    /// <exception cref="InvalidDataException">There are too many; nothing was taken.</exception>
    public void Take(IPAddress host)
    {
        lock (_gate)
        {
            int ofHost = _hosts.GetValueOrDefault(host);
            if (_all >= MaxOfAll)
                throw new InvalidDataException($"more than {MaxOfAll} connections are being greeted at once");
            if (ofHost >= MaxOfOneHost)
                throw new InvalidDataException($"more than {MaxOfOneHost} connections of this host are being greeted at once");
            _all++;
            _hosts[host] = ofHost + 1;
        }
    }

    public void Return(IPAddress host)
    {
        lock (_gate)
        {
            _all--;
            if (--_hosts[host] == 0)
                _hosts.Remove(host);
        }
    }
}

using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Exo.Actors.Discovery;

/// <summary>
/// Service discovery over multicast DNS (RFC 6762, 6763): announces a device, answers who asks, and listens for others, on every interface and
/// both address families, for as long as it lives. Thread-safe.
/// </summary>
public sealed class LocalNetwork : IAsyncDisposable
{
    private const int LargestMessage = 9000;

    /// <summary>Whoever announces thousands of services must not make our question too long to be sent.</summary>
    private const int MostAsked = 8;
    private const int MostKnown = 24;
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly HeardRecords _heard = new();
    private readonly ImmutableArray<MulticastSocket> _sockets;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task[] _loops;
    private Advertisement? _self;

    private LocalNetwork(ImmutableArray<MulticastSocket> sockets, ImmutableArray<string> problems)
    {
        _sockets = sockets;
        Problems = problems;
        _loops = [.. sockets.Select(ListenAsync), AskAsync()];
    }

    /// <summary>Why an address family cannot be used, a line each; empty: both can.</summary>
    public ImmutableArray<string> Problems { get; }

    /// <summary>Whether anything can be heard at all.</summary>
    public bool Works => !_sockets.IsEmpty;

    /// <summary>The interfaces that are listened on.</summary>
    public ImmutableArray<string> Interfaces => [.. _sockets.SelectMany(socket => socket.JoinInterfaces()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The devices that are there at present, this one not among them.</summary>
    public ImmutableArray<HeardDevice> Devices
    {
        get
        {
            lock (_gate)
            {
                _heard.Expire(Now);
                return [.. _heard.Devices().Where(device => device.Device.Id != _self?.Id)];
            }
        }
    }

    private static TimeSpan Now => TimeSpan.FromMilliseconds(Environment.TickCount64);

    /// <summary>Opens the sockets and begins to listen and to ask.</summary>
    /// <param name="loopback">Whether the loopback interface is used instead of the network's.</param>
    public static LocalNetwork Open(bool loopback = false)
    {
        ImmutableArray<MulticastSocket>.Builder sockets = ImmutableArray.CreateBuilder<MulticastSocket>();
        ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
        foreach ((AddressFamily family, string name) in new[] { (AddressFamily.InterNetwork, "IPv4"), (AddressFamily.InterNetworkV6, "IPv6") })
        {
            if (MulticastSocket.TryOpen(family, loopback, out string? problem) is { } socket)
            {
                sockets.Add(socket);
            }
            else
            {
                problems.Add($"{name}: UDP port {MulticastSocket.Port} cannot be used: {problem}.");
            }
        }

        return new LocalNetwork(sockets.ToImmutable(), problems.ToImmutable());
    }

    /// <summary>Tells of this device from now on; again with other values when they change.</summary>
    /// <param name="self">What is told.</param>
    public void Announce(Advertisement self)
    {
        ArgumentNullException.ThrowIfNull(self);
        lock (_gate)
        {
            _self = self;
        }

        Send(DnsMessage.Response(self.Records(Advertisement.Seconds), []));
    }

    /// <summary>Says farewell, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_self is { } self)
        {
            Send(DnsMessage.Response(self.Records(seconds: 0), []));
        }

        await _ending.CancelAsync();
        foreach (MulticastSocket socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_loops);
        _ending.Dispose();
    }

    /// <summary>Asks at once, after one and after three seconds, then every twenty; announces a second time, as a first one may be lost.</summary>
    private async Task AskAsync()
    {
        TimeSpan[] pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];
        try
        {
            for (int round = 0; ; round++)
            {
                _ = Interfaces;
                DnsMessage query;
                Advertisement? self;
                lock (_gate)
                {
                    self = _self;
                    query = DnsMessage.Query(
                        [new(Advertisement.ServiceType, DnsType.Ptr, Unicast: false), .. _heard.Incomplete.Take(MostAsked).Select(instance => new DnsQuestion(instance, DnsType.Any, Unicast: false))],
                        _heard.Known(Now).Take(MostKnown));
                }

                Send(query);
                if (self is not null)
                {
                    Send(DnsMessage.Response(self.Records(Advertisement.Seconds), []));
                }

                await PauseAsync(round < pauses.Length ? pauses[round] : s_again);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && _ending.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Ends early when an interface came up: who is behind it was not asked yet.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        ImmutableArray<string> before = Interfaces;
        for (TimeSpan left = pause; left > TimeSpan.Zero; left -= s_look)
        {
            await Task.Delay(left < s_look ? left : s_look, _ending.Token);
            ImmutableArray<string> now = Interfaces;
            if (now.Except(before).Any())
            {
                return;
            }

            before = now;
        }
    }

    private async Task ListenAsync(MulticastSocket socket)
    {
        byte[] buffer = new byte[LargestMessage];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                (int length, EndPoint from, string heardOn) = await socket.ReceiveAsync(buffer, _ending.Token);
                if (DnsMessage.TryRead(buffer.AsSpan(0, length)) is { } message)
                {
                    Take(message, socket, from, heardOn);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && _ending.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                // A message too long for the buffer, or the echo of one that reached nobody: the next one may be better.
                continue;
            }
        }
    }

    private void Take(DnsMessage message, MulticastSocket socket, EndPoint from, string heardOn)
    {
        if (message.IsResponse)
        {
            lock (_gate)
            {
                _heard.Add(message, heardOn, Now);
            }

            return;
        }

        Advertisement? self = _self;
        if (self is null || Answers.To(message, self) is not { } answer)
        {
            return;
        }

        // Who asks from another port does not speak multicast DNS and waits for an answer of its own (RFC 6762, 6.7).
        bool simple = from is IPEndPoint { Port: not MulticastSocket.Port };
        if (simple || message.Questions.All(question => question.Unicast))
        {
            socket.SendTo((simple ? answer with { Id = message.Id, Questions = message.Questions } : answer).ToBytes(), from);
        }
        else
        {
            socket.Send(answer.ToBytes());
        }
    }

    private void Send(DnsMessage message)
    {
        byte[] bytes = message.ToBytes();
        foreach (MulticastSocket socket in _sockets)
        {
            socket.Send(bytes);
        }
    }
}

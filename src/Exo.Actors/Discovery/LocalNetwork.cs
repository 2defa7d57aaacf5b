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
    private readonly SemaphoreSlim _stirred = new(0);
    private NameClaim? _claim;

    private LocalNetwork(ImmutableArray<MulticastSocket> sockets, ImmutableArray<string> problems)
    {
        _sockets = sockets;
        Problems = problems;
        _loops = [.. sockets.Select(ListenAsync), AskAsync(), ClaimAsync()];
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
                return [.. _heard.Devices().Where(device => device.Device.Id != _claim?.Self.Id)];
            }
        }
    }

    /// <summary>What is told of this device, by the name that it has at present; null before the first <see cref="Announce"/>.</summary>
    public Advertisement? Self
    {
        get
        {
            lock (_gate)
            {
                return _claim?.Self;
            }
        }
    }

    /// <summary>What may be told and answered for: nothing while it is not known whether somebody else has the name.</summary>
    private Advertisement? Told
    {
        get
        {
            lock (_gate)
            {
                return _claim is { IsOurs: true } ours ? ours.Self : null;
            }
        }
    }

    private static TimeSpan Soon => Now + (NameClaim.LongestDelay * Random.Shared.NextDouble());

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

    /// <summary>
    /// Tells of this device from now on; again with other values when they change. The first time the network is asked for most of a
    /// second whether somebody has its name, which gives it another id when that is so: see <see cref="Self"/>.
    /// </summary>
    /// <param name="self">What is told.</param>
    public void Announce(Advertisement self)
    {
        ArgumentNullException.ThrowIfNull(self);
        lock (_gate)
        {
            if (_claim is null)
            {
                _claim = new NameClaim(self, Soon, Advertisement.NewId);
            }
            else
            {
                _claim.Update(self);
            }
        }

        Tell();
        _stirred.Release();
    }

    /// <summary>Says farewell, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Told is { } told)
        {
            Send(DnsMessage.Response(told.Records(seconds: 0), []));
        }

        await _ending.CancelAsync();
        foreach (MulticastSocket socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_loops);
        _ending.Dispose();
        _stirred.Dispose();
    }

    /// <summary>Asks at once, after one and after three seconds, then every twenty, and soon where what was heard lacks something; announces a second time, as a first one may be lost.</summary>
    private async Task AskAsync()
    {
        TimeSpan[] pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];
        try
        {
            for (int round = 0; ; round++)
            {
                _ = Interfaces;
                DnsMessage query;
                lock (_gate)
                {
                    query = DnsMessage.Query(
                        [new(Advertisement.ServiceType, DnsType.Ptr, Unicast: false), .. _heard.Incomplete.Take(MostAsked).Select(name => new DnsQuestion(name, DnsType.Any, Unicast: false))],
                        _heard.Known(Now).Take(MostKnown));
                }

                Send(query);
                Tell();
                await PauseAsync(round < pauses.Length ? pauses[round] : s_again);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && _ending.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Claims the name, and claims one anew when it is disputed.</summary>
    private async Task ClaimAsync()
    {
        try
        {
            while (true)
            {
                DnsMessage? message;
                TimeSpan wait;
                lock (_gate)
                {
                    message = _claim?.Step(Now);
                    wait = _claim is { IsOurs: false } open ? TimeSpan.FromTicks(Math.Max(0, (open.Next - Now).Ticks)) : Timeout.InfiniteTimeSpan;
                }

                if (message is not null)
                {
                    Send(message);
                }

                await _stirred.WaitAsync(wait, _ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && _ending.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Ends early when an interface came up, as who is behind it was not asked yet, and when something heard since then lacks a part.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        ImmutableArray<string> before = Interfaces;
        ImmutableArray<string> lacking = Lacking();
        for (TimeSpan left = pause; left > TimeSpan.Zero; left -= s_look)
        {
            await Task.Delay(left < s_look ? left : s_look, _ending.Token);
            ImmutableArray<string> now = Interfaces;
            if (now.Except(before).Any())
            {
                lock (_gate)
                {
                    _claim?.Again(Soon);
                }

                _stirred.Release();
                return;
            }

            if (Lacking().Except(lacking).Any())
            {
                return;
            }

            before = now;
        }
    }

    private ImmutableArray<string> Lacking()
    {
        lock (_gate)
        {
            return [.. _heard.Incomplete.Take(MostAsked)];
        }
    }

    private async Task ListenAsync(MulticastSocket socket)
    {
        byte[] buffer = new byte[LargestMessage];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                (int length, EndPoint from, (string, int) heardOn) = await socket.ReceiveAsync(buffer, _ending.Token);
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

    private void Take(DnsMessage message, MulticastSocket socket, EndPoint from, (string Name, int Index) heardOn)
    {
        bool isDisputed;
        lock (_gate)
        {
            _heard.Add(message.IsResponse ? message : Probers.Of(message), heardOn.Name, heardOn.Index, Now, isCertain: message.IsResponse);
            isDisputed = _claim?.Hear(message, Now) ?? false;
        }

        if (isDisputed)
        {
            _stirred.Release();
        }

        if (message.IsResponse || Told is not { } self || Answers.To(message, self) is not { } answer)
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

    private void Tell()
    {
        if (Told is { } told)
        {
            Send(DnsMessage.Response(told.Records(Advertisement.Seconds), []));
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

using System.Net;

namespace Akka.Remote.Transport;

/// <summary>Says why strangers are turned away and what is dropped: a line for each reason, at most a few a minute for one host, and none that repeats within it.</summary>
internal sealed class RefusalLog
{
    private const int LinesPerHost = 6;
    private const int MaxHosts = 1024;
    private const long WindowMilliseconds = 60_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Window> _hosts = [];
    private readonly Action<string> _log;
    private readonly Func<long> _now;

    public RefusalLog(Action<string> log, Func<long> now)
    {
        _log = log;
        _now = now;
    }

    public void Refused(EndPoint peer, object who, string reason)
        => Say(peer is IPEndPoint ip ? ip.Address.ToString() : "?", reason, $"Refused a connection from {who ?? peer}: {reason}");

    /// <param name="host">Whose minute it counts against.</param>
    /// <param name="reason">What is not said twice in that minute.</param>
    /// <param name="line">What is said.</param>
    public void Say(string host, string reason, string line)
    {
        int unsaid;
        lock (_gate)
        {
            long now = _now();
            if (!_hosts.TryGetValue(host, out Window window) || now - window.Start >= WindowMilliseconds)
            {
                if (_hosts.Count >= MaxHosts)
                    _hosts.Clear();
                unsaid = window?.Unsaid ?? 0;
                _hosts[host] = window = new Window(now);
            }
            else
            {
                unsaid = 0;
            }

            if (window.Said.Count >= LinesPerHost || !window.Said.Add(reason))
            {
                window.Unsaid++;
                return;
            }
        }

        _log(unsaid > 0 ? $"{line} ({unsaid} more from {host} in the minute before were not logged)" : line);
    }

    private sealed class Window(long start)
    {
        public long Start { get; } = start;

        public HashSet<string> Said { get; } = [];

        public int Unsaid { get; set; }
    }
}

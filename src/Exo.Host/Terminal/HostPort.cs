using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Exo.Host.Terminal;

/// <summary>A host:port as given on the command line; port 0 asks for a free one.</summary>
internal sealed record HostPort(string Host, int Port)
{
    public bool IsLoopback => Host is "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    public static bool TryParse(string text, [NotNullWhen(true)] out HostPort? endpoint)
    {
        int colon = text.LastIndexOf(':');
        string host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        endpoint = host.Length > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? new HostPort(host, port)
            : null;
        return endpoint is not null;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

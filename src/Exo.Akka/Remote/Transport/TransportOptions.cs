using System.Security.Authentication;
using Akka.Configuration;

namespace Akka.Remote.Transport;

/// <summary>The keys that the transport reads, once.</summary>
internal sealed record TransportOptions
{
    private const long MinFrameBytes = 32_000;

    public string Hostname { get; private init; }

    public int Port { get; private init; }

    public string PublicHostname { get; private init; }

    public int PublicPort { get; private init; }

    public int ControlFrameBytes { get; private init; }

    public int BulkFrameBytes { get; private init; }

    public int SocketBufferBytes { get; private init; }

    public long MaxQueuedBytes { get; private init; }

    public int Backlog { get; private init; }

    public TimeSpan ConnectionTimeout { get; private init; }

    public TimeSpan HandshakeTimeout { get; private init; }

    public TimeSpan RetryGateClosedFor { get; private init; }

    public TimeSpan FlushWait { get; private init; }

    public int SystemMessageBufferSize { get; private init; }

    public TimeSpan SystemMessageTimeout { get; private init; }

    public bool LogsLifecycle { get; private init; }

    public IReadOnlyList<string> BulkPaths { get; private init; }

    public IReadOnlyList<string> BulkSerializers { get; private init; }

    /// <summary>Shared secret of the cluster; null when connections are open to whoever reaches the port.</summary>
    public byte[] ClusterKey { get; private init; }

    /// <summary>File with this node's certificate and key; null: one is made at the start where there is a cluster key.</summary>
    public string Certificate { get; private init; }

    public string CertificateKey { get; private init; }

    public string CertificatePassword { get; private init; }

    /// <summary>File with the authority that issued the certificates of this cluster.</summary>
    public string Authority { get; private init; }

    public SslProtocols Protocols { get; private init; }

    public static TransportOptions Read(Config config)
    {
        Config tcp = config.GetConfig("akka.remote.dot-netty.tcp")
            ?? throw ConfigurationException.NullOrEmptyConfig<TcpRemoteTransport>("akka.remote.dot-netty.tcp");
        long controlBytes = Size(tcp, "maximum-frame-size");
        if (controlBytes < MinFrameBytes)
            throw new ConfigurationException($"akka.remote.dot-netty.tcp.maximum-frame-size is {controlBytes} bytes; it must be at least {MinFrameBytes}");
        string hostname = tcp.GetString("hostname");
        string publicHostname = tcp.GetString("public-hostname");
        string key = config.GetString("exo.remote.cluster-key");
        string certificate = config.GetString("exo.remote.tls.certificate");
        string leastVersion = config.GetString("exo.remote.tls.minimum-version");
        return new TransportOptions
        {
            Hostname = string.IsNullOrEmpty(hostname) ? "0.0.0.0" : hostname,
            Port = tcp.GetInt("port"),
            PublicHostname = string.IsNullOrEmpty(publicHostname) ? hostname : publicHostname,
            PublicPort = tcp.GetInt("public-port"),
            ControlFrameBytes = (int)Math.Min(controlBytes, int.MaxValue / 2),
            BulkFrameBytes = (int)Math.Min(Size(config, "exo.remote.bulk-maximum-frame-size"), int.MaxValue / 2),
            SocketBufferBytes = (int)Size(tcp, "send-buffer-size"),
            MaxQueuedBytes = Size(config, "exo.remote.outbound-queue-size"),
            Backlog = tcp.GetInt("backlog", 4096),
            ConnectionTimeout = tcp.GetTimeSpan("connection-timeout"),
            HandshakeTimeout = config.GetTimeSpan("akka.remote.handshake-timeout"),
            RetryGateClosedFor = config.GetTimeSpan("akka.remote.retry-gate-closed-for"),
            FlushWait = config.GetTimeSpan("akka.remote.flush-wait-on-shutdown"),
            SystemMessageBufferSize = config.GetInt("akka.remote.system-message-buffer-size"),
            SystemMessageTimeout = config.GetTimeSpan("akka.remote.initial-system-message-delivery-timeout"),
            LogsLifecycle = config.GetString("akka.remote.log-remote-lifecycle-events") is not ("off" or "false"),
            BulkPaths = [.. config.GetStringList("exo.remote.bulk-paths")],
            BulkSerializers = [.. config.GetStringList("exo.remote.bulk-serializers")],
            ClusterKey = string.IsNullOrEmpty(key) ? null : System.Text.Encoding.UTF8.GetBytes(key),
            Certificate = string.IsNullOrEmpty(certificate) ? null : certificate,
            CertificateKey = config.GetString("exo.remote.tls.certificate-key"),
            CertificatePassword = config.GetString("exo.remote.tls.certificate-password"),
            Authority = config.GetString("exo.remote.tls.authority"),
            Protocols = leastVersion switch
            {
                "1.3" => SslProtocols.Tls13,
                "1.2" => SslProtocols.Tls12 | SslProtocols.Tls13,
                _ => throw new ConfigurationException($"exo.remote.tls.minimum-version is {leastVersion}; use \"1.3\" or \"1.2\""),
            },
        };
    }

    private static long Size(Config config, string path)
        => config.GetByteSize(path) ?? throw new ConfigurationException($"{path} is missing");
}

namespace Akka.Remote.Hosting;

/// <summary>Where a node listens and under which address others reach it; what is null keeps the configured value.</summary>
public class RemoteOptions
{
    public string HostName { get; set; }

    public int? Port { get; set; }

    public string PublicHostName { get; set; }

    public int? PublicPort { get; set; }

    public long? SendBufferSize { get; set; }

    public long? ReceiveBufferSize { get; set; }

    public long? MaxFrameSize { get; set; }

    public PhiAccrualFailureDetectorOptions WatchFailureDetector { get; set; }
}

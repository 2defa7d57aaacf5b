using System.Text;
using Akka.Actor;
using Akka.Configuration.Hocon;
using Akka.Hosting;

namespace Akka.Remote.Hosting;

public static class AkkaRemoteHostingExtensions
{
    public static AkkaConfigurationBuilder WithRemoting(
        this AkkaConfigurationBuilder builder, string hostname = null, int? port = null, string publicHostname = null, int? publicPort = null)
        => builder.WithRemoting(new RemoteOptions { HostName = hostname, Port = port, PublicHostName = publicHostname, PublicPort = publicPort });

    public static AkkaConfigurationBuilder WithRemoting(this AkkaConfigurationBuilder builder, Action<RemoteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        RemoteOptions options = new();
        configure(options);
        return builder.WithRemoting(options);
    }

    public static AkkaConfigurationBuilder WithRemoting(this AkkaConfigurationBuilder builder, RemoteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        StringBuilder hocon = new();
        Append("dot-netty.tcp.hostname", Quoted(options.HostName));
        Append("dot-netty.tcp.port", options.Port?.ToString());
        Append("dot-netty.tcp.public-hostname", Quoted(options.PublicHostName));
        Append("dot-netty.tcp.public-port", options.PublicPort?.ToString());
        Append("dot-netty.tcp.send-buffer-size", options.SendBufferSize?.ToString());
        Append("dot-netty.tcp.receive-buffer-size", options.ReceiveBufferSize?.ToString());
        Append("dot-netty.tcp.maximum-frame-size", options.MaxFrameSize?.ToString());
        if (options.WatchFailureDetector is { } detector)
            hocon.Append("akka.remote.watch-failure-detector {\n").Append(detector.ToHocon()).Append("}\n");
        if (hocon.Length > 0)
            builder.AddHocon(hocon.ToString(), HoconAddMode.Prepend);
        return builder.ActorRefProvider.HasValue ? builder : builder.WithActorRefProvider(ProviderSelection.Remote.Instance);

        void Append(string key, string value)
        {
            if (value is not null)
                hocon.Append("akka.remote.").Append(key).Append(" = ").Append(value).Append('\n');
        }
    }

    private static string Quoted(string text) => text is null ? null : HoconValue.Quote(text);
}

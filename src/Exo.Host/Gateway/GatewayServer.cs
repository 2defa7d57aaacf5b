using System.Net;
using System.Net.Sockets;
using Exo.Host.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Exo.Host.Gateway;

/// <summary>Kestrel with this gateway's limits on a socket that is bound before anything else starts.</summary>
internal static class GatewayServer
{
    private static readonly TimeSpan s_headersPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_idlePatience = TimeSpan.FromSeconds(120);

    /// <summary>The least that serves HTTP: no configuration files, no routing, no middleware.</summary>
    public static WebApplicationBuilder CreateBuilder(Socket listener)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = _ => listener);
        return builder;

        void Limit(KestrelServerOptions options)
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
            options.Limits.RequestHeadersTimeout = s_headersPatience;
            options.Limits.KeepAliveTimeout = s_idlePatience;
            options.Listen((IPEndPoint)listener.LocalEndPoint!, listen => listen.Protocols = HttpProtocols.Http1);
        }
    }
}

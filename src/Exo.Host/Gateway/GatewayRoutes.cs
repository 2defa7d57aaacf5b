using Exo.Host.Gateway.Cluster;
using Exo.Host.Gateway.Http;
using Exo.Host.Gateway.OpenAi;
using Exo.Host.Generation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exo.Host.Gateway;

/// <summary>
/// Every route of a device. A plain table instead of the routing middleware: it costs nothing at start-up, and a wrong
/// path or method always gets the API's own JSON error.
/// </summary>
internal sealed class GatewayRoutes
{
    private const string ModelsPrefix = "/v1/models/";
    private readonly Dictionary<string, (string Method, Func<HttpContext, Task> Answer)> _routes;
    private readonly OpenAiRoutes _openAi;
    private readonly Guard _guard;
    private readonly ILogger _log;

    public GatewayRoutes(IGenerationNode node, IModelCatalog models, GatewayOptions options, TimeProvider time, ILogger log)
    {
        _guard = new Guard(options.ApiKey);
        _openAi = new OpenAiRoutes(models, new Answers(node, new Admission(options.Places), options.KeepAlive, time));
        _log = log;
        ClusterRoutes cluster = new(node);
        _routes = new Dictionary<string, (string, Func<HttpContext, Task>)>(StringComparer.Ordinal)
        {
            ["/"] = (HttpMethods.Get, context => GreetAsync(context, node.DeviceName)),
            ["/health"] = (HttpMethods.Get, cluster.HealthAsync),
            ["/healthz"] = (HttpMethods.Get, cluster.HealthAsync),
            ["/readyz"] = (HttpMethods.Get, cluster.HealthAsync),
            ["/livez"] = (HttpMethods.Get, ClusterRoutes.AliveAsync),
            ["/cluster"] = (HttpMethods.Get, cluster.ShowAsync),
            ["/v1/models"] = (HttpMethods.Get, _openAi.ListModelsAsync),
            ["/v1/chat/completions"] = (HttpMethods.Post, _openAi.ChatAsync),
            ["/v1/completions"] = (HttpMethods.Post, _openAi.CompletionAsync),
        };
    }

    /// <summary>Answers any request; no exception leaves it but that of a client who went away.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        RequestIds.Begin(context);
        try
        {
            if (!_guard.Admit(context))
            {
                await RouteAsync(context);
            }
        }
        catch (ApiException e)
        {
            _log.LogDebug(EventIds.Refused, "Request {RequestId} {Method} {Path} refused with {Status}: {Reason}", RequestIds.Of(context), context.Request.Method, context.Request.Path, e.Status, e.Message);
            await ApiErrors.WriteAsync(context, e);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            _log.LogDebug(EventIds.ClientGone, "Request {RequestId} {Path}: the client went away; its work is cancelled", RequestIds.Of(context), context.Request.Path);
        }
        catch (Exception e)
        {
            _log.LogError(EventIds.Failed, e, "Request {RequestId} {Method} {Path} failed", RequestIds.Of(context), context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted)
            {
                // The status is sent: a reset tells the client what a clean end would hide.
                context.Abort();
                return;
            }

            await ApiErrors.WriteAsync(context, new ApiException(500, $"The device failed to answer; its log has the cause under {RequestIds.Of(context)}."));
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "/";
        string method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (_routes.TryGetValue(path, out (string Method, Func<HttpContext, Task> Answer) route))
        {
            return method == route.Method ? route.Answer(context) : throw WrongMethod(path, route.Method);
        }

        if (path.Length > ModelsPrefix.Length && path.StartsWith(ModelsPrefix, StringComparison.Ordinal) && !path.EndsWith('/'))
        {
            return method == HttpMethods.Get ? _openAi.ShowModelAsync(context, Uri.UnescapeDataString(path[ModelsPrefix.Length..])) : throw WrongMethod(path, HttpMethods.Get);
        }

        string shorter = path.Replace("/v1/v1/", "/v1/", StringComparison.Ordinal).TrimEnd('/');
        throw new ApiException(404, shorter != path && _routes.ContainsKey(shorter)
            ? $"There is no {path}; you mean {shorter}."
            : $"There is no such route; this device answers {string.Join(", ", _routes.Keys.Where(key => key.StartsWith("/v1", StringComparison.Ordinal)))}, /health and /cluster.", code: "route_not_found");
    }

    private static ApiException WrongMethod(string path, string allowed) =>
        new(405, $"{path} wants {allowed}.") { Allow = allowed == HttpMethods.Get ? "GET, HEAD, OPTIONS" : allowed + ", OPTIONS" };

    private static async Task GreetAsync(HttpContext context, string device)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync($"Exo, device {device}. Ask POST /v1/chat/completions; see GET /v1/models, /cluster, /health.\n", context.RequestAborted);
        }
    }
}

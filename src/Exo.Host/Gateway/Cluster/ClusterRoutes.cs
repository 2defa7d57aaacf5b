using Exo.Actors;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.Cluster;

/// <summary>What the cluster looks like from this device, and whether it can answer.</summary>
internal sealed class ClusterRoutes
{
    private readonly IGenerationNode _node;

    public ClusterRoutes(IGenerationNode node) => _node = node;

    public async Task ShowAsync(HttpContext context)
    {
        ClusterSnapshot snapshot = await _node.SnapshotAsync(context.RequestAborted);
        await JsonText.WriteAsync(context, json => ClusterJson.Write(json, _node.DeviceName, snapshot));
    }

    /// <summary>200 when a model can answer; 503 with the reason while none can.</summary>
    public async Task HealthAsync(HttpContext context)
    {
        ClusterSnapshot snapshot = await _node.SnapshotAsync(context.RequestAborted);
        bool ready = snapshot.Rings.Any(IsReady);
        string status = ready ? "ok" : snapshot.Rings.Any(ring => ring.State == "degraded") ? "degraded" : "loading";
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await JsonText.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", status);
            if (!ready)
            {
                json.WriteString("reason", snapshot.Rings.IsEmpty ? "No model is loaded yet; the first request loads one." : string.Join("; ", snapshot.Rings.Select(ring => ring.Reason is { } reason ? $"{ring.Model} is {ring.State}: {reason}" : $"{ring.Model} is {ring.State}")));
            }

            json.WriteEndObject();
        });
    }

    public static Task AliveAsync(HttpContext context) => JsonText.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("status", "ok");
        json.WriteEndObject();
    });

    private static bool IsReady(RingView ring) => ring.State == "ready";
}

using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.Http;

/// <summary>The one place where failures become status codes and error bodies.</summary>
internal static class ApiErrors
{
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        501 => "not_supported_error",
        503 => "unavailable_error",
        504 => "timeout_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    public static byte[] Body(ApiException error, string requestId)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, JsonText.Writing))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", error.Message);
            json.WriteString("type", TypeOf(error.Status));
            json.WriteString("param", error.Param);
            json.WriteString("code", error.Code);
            json.WriteEndObject();
            json.WriteString("request_id", requestId);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static Task WriteAsync(HttpContext context, ApiException error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        if (error.Allow is not null)
        {
            response.Headers.Allow = error.Allow;
        }

        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        else if (error.Status >= 500)
        {
            response.Headers["x-should-retry"] = "false";
        }

        return JsonText.WriteAsync(context, Body(error, RequestIds.Of(context)));
    }
}

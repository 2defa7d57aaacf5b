namespace Exo.Host.Terminal;

/// <summary>A line to paste into a shell.</summary>
internal static class CurlLine
{
    public static string For(string http, string model, string question) =>
        $$"""curl -sN http://{{http}}/v1/chat/completions -H 'Content-Type: application/json' -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "{{question}}"}], "stream": true}'""";
}

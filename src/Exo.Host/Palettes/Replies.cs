using System.Text.Json;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>Final replies of palette commands.</summary>
internal static class Replies
{
    public static PbmProtocol.Reply Text(string text, Action<Utf8JsonWriter> json) => new(0, text, null, Json(json), true, 0);

    public static PbmProtocol.Reply Table(string[] columns, IEnumerable<string[]> rows, Action<Utf8JsonWriter> json) =>
        new(0, null, new PbmProtocol.Table(columns, [.. rows]), Json(json), true, 0);

    public static PbmProtocol.Reply Failure(string text, int exitCode = 1) => new(0, text, null, null, true, exitCode);

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            write(json);
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}

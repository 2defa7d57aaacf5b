using System.Text.Json.Serialization;

namespace Exo.Host.Commands;

/// <summary>A setting of `exo config show --json`.</summary>
internal sealed record SettingLine(string Key, string Value, string Layer, string Origin, string? Variable, string? Option)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Expected { get; init; }
}

using System.Text.Json.Serialization;

namespace Exo.Host.Commands;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SettingLine[]))]
internal sealed partial class SettingJson : JsonSerializerContext
{
}

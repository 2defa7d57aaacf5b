using System.Text.Json.Serialization;

namespace Exo.Host.Devices;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NodeFile))]
internal sealed partial class NodeJson : JsonSerializerContext;

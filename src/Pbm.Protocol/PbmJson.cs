using System.Text.Json.Serialization;

namespace Pbm.Protocol;

/// <summary>Generated serializers: no reflection at start-up, and a closed list of what can be read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 32, AllowOutOfOrderMetadataProperties = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PbmProtocol.Message))]
internal sealed partial class PbmJson : JsonSerializerContext;

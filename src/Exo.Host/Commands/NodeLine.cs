using System.Text.Json.Serialization;
using Exo.Host.Devices;

namespace Exo.Host.Commands;

/// <summary>A device's addresses on one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeFile))]
internal sealed partial class NodeLine : JsonSerializerContext;

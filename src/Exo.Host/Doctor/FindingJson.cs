using System.Text.Json.Serialization;

namespace Exo.Host.Doctor;

/// <summary>The findings of `exo doctor` for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Finding[]))]
internal sealed partial class FindingJson : JsonSerializerContext;

#nullable enable

namespace Exo.Testing;

/// <summary>Where the reference data lies; tests that need it are skipped by name where it is absent.</summary>
internal static class ReferenceData
{
    public static string? Root { get; } = Environment.GetEnvironmentVariable("EXO_REFERENCE_DATA") is { Length: > 0 } root && Directory.Exists(root) ? root : null;

    /// <summary>The path of a file or folder of the reference data; skips the calling test (a SkippableFact) without it.</summary>
    public static string Require(params string[] parts)
    {
        Skip.If(Root is null, "EXO_REFERENCE_DATA does not name a folder with the reference data.");
        string path = Path.Combine([Root!, .. parts]);
        Skip.IfNot(Path.Exists(path), $"The reference data lacks {Path.Combine(parts)}.");
        return path;
    }
}

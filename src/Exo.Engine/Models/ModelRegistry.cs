using Exo.Engine.Formats;
using Exo.Engine.Gguf;

namespace Exo.Engine.Models;

/// <summary>The architectures that can be computed. docs/adding-a-model.md tells how one is added.</summary>
internal static class ModelRegistry
{
    private static readonly ModelArchitecture[] s_all =
    [
        new Llama(),
    ];

    /// <summary>Names of all architectures, sorted.</summary>
    public static IEnumerable<string> Names => s_all.Select(architecture => architecture.Name).Order(StringComparer.Ordinal);

    public static ModelArchitecture Get(string name) => s_all.First(architecture => architecture.Name == name);

    /// <summary>The architecture of a GGUF file.</summary>
    /// <exception cref="ModelFileException">It is not named, or not known.</exception>
    public static ModelArchitecture Of(GgufMetadata metadata)
    {
        const string Key = "general.architecture";
        string name = metadata.RequireString(Key);
        return Array.Find(s_all, architecture => architecture.Name == name)
            ?? throw metadata.Refuse(Key, Unknown(name));
    }

    /// <summary>Why a name is refused.</summary>
    public static string Unknown(string name) =>
        $"is \"{name}\", an architecture that this program does not know. It knows {string.Join(", ", Names)}; docs/adding-a-model.md tells how one is added.";
}

using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Actors.Models;

/// <summary>
/// Models that Ollama has pulled. Its store (docs/modelfile and docs/faq of Ollama) is manifests/HOST/NAMESPACE/NAME/TAG, JSON files whose layer
/// of a model names blobs/sha256-HEX, a GGUF file. Nothing in it is trusted.
/// </summary>
/// <param name="roots">Folders that may be a store.</param>
internal sealed class OllamaModels(IReadOnlyList<string> roots) : IForeignModels
{
    private const string DefaultNamespace = "library";
    private const string DefaultTag = "latest";
    private const string ModelLayer = "application/vnd.ollama.image.model";
    private const string AdapterLayer = "application/vnd.ollama.image.adapter";
    private const string Algorithm = "sha256:";
    private const long LargestManifest = 1 << 20;

    public string Prefix => "ollama:";

    public string Remedy => $"pull it with `ollama pull`, or set OLLAMA_MODELS to Ollama's models folder (looked in {string.Join(", ", roots)})";

    /// <summary>Names as Ollama shows them: without the default namespace and the default tag.</summary>
    public IEnumerable<string> Names() => Manifests().Select(manifest => Prefix + ShortName(manifest)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public string? Find(string name)
    {
        (string model, string tag) = name.LastIndexOf(':') is > 0 and int colon && !name[colon..].Contains('/') ? (name[..colon], name[(colon + 1)..]) : (name, DefaultTag);
        string[] wanted = [.. model.Split('/'), tag];
        wanted = wanted.Length == 2 ? [DefaultNamespace, .. wanted] : wanted;
        Manifest? found = Manifests().FirstOrDefault(manifest => manifest.Parts.TakeLast(wanted.Length).SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase));
        return found is null ? null : Blob(found);
    }

    /// <summary>All manifests: host, namespaces, name, tag.</summary>
    private IEnumerable<Manifest> Manifests()
    {
        foreach (string root in roots)
        {
            string folder = Path.Combine(root, "manifests");
            EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true };
            IEnumerable<string> files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", options).Order(StringComparer.Ordinal) : [];
            foreach (string file in files)
            {
                string[] parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
                if (parts.Length >= 4)
                {
                    yield return new Manifest(root, file, parts);
                }
            }
        }
    }

    private static string ShortName(Manifest manifest)
    {
        string[] name = manifest.Parts[^3] == DefaultNamespace && manifest.Parts.Length == 4 ? [manifest.Parts[^2]] : manifest.Parts[1..^1];
        return string.Join('/', name) + (manifest.Parts[^1] == DefaultTag ? "" : ":" + manifest.Parts[^1]);
    }

    private static string Blob(Manifest manifest)
    {
        string digest = Digest(manifest) is { } text && text.StartsWith(Algorithm, StringComparison.Ordinal) ? text[Algorithm.Length..] : "";
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
        {
            throw new ModelFileException($"{manifest.Path}: no layer is a model with a sha256 digest. Pull the model again with `ollama pull`.");
        }

        string blob = Path.Combine(manifest.Root, "blobs", "sha256-" + digest);
        return File.Exists(blob) ? blob : throw new ModelFileException($"{manifest.Path} names {blob}, which is not there. Pull the model again with `ollama pull`.");
    }

    private static string? Digest(Manifest manifest)
    {
        try
        {
            if (new FileInfo(manifest.Path).Length > LargestManifest)
            {
                return null;
            }

            using JsonDocument document = StrictJson.Parse(File.ReadAllBytes(manifest.Path));
            JsonElement[] layers = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("layers", out JsonElement list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray()]
                : [];
            return !layers.Any(layer => TextOf(layer, "mediaType") == AdapterLayer)
                ? layers.Where(layer => TextOf(layer, "mediaType") == ModelLayer).Select(layer => TextOf(layer, "digest")).FirstOrDefault()
                : throw new ModelFileException($"{manifest.Path} puts an adapter over its model, which is not computed. Choose the model that it was made for, or merge the two.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{manifest.Path} cannot be read ({e.Message}). Pull the model again with `ollama pull`.", e);
        }
    }

    private static string? TextOf(JsonElement layer, string name) =>
        layer.ValueKind == JsonValueKind.Object && layer.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Manifest(string Root, string Path, string[] Parts);
}

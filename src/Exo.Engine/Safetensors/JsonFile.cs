using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Safetensors;

/// <summary>A JSON file whose root is an object.</summary>
internal sealed class JsonFile
{
    private const int Deepest = 64;
    private const long Largest = 64 << 20;

    private JsonFile(string path, JsonElement root)
    {
        Path = path;
        Root = root;
    }

    public string Path { get; }

    public JsonElement Root { get; }

    public static JsonFile Read(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length > Largest)
        {
            throw new ModelFileException(file.Exists
                ? $"{path} has {file.Length} bytes, more than the {Largest} that such a file can need. Download it again."
                : $"{path} does not exist. A folder needs it to be a model: download it, or choose a .gguf file.");
        }

        byte[] bytes = Bytes(path);
        try
        {
            using JsonDocument document = StrictJson.Parse(bytes, new JsonDocumentOptions { MaxDepth = Deepest });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFile(path, document.RootElement.Clone())
                : throw new ModelFileException($"{path} is no JSON object. Download it again.");
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{path} is not valid JSON: {e.Message} Download it again.", e);
        }
    }

    public ModelFileException Refuse(string field, string reason) => new($"{Path}: {field} {reason}");

    private static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message} Check its permissions and the disk.", e);
        }
    }
}

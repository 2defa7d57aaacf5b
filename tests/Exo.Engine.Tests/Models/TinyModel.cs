namespace Exo.Engine.Tests.Models;

/// <summary>A random model that lies in the repository.</summary>
internal static class TinyModel
{
    public static string Path { get; } = Find("tiny-llama.gguf");

    public static int[] Tokens => ReferenceFloats.Tokens(Find("tiny-llama.tokens.json"));

    public static float[] Logits => ReferenceFloats.Read(Find("tiny-llama.logits.f32"));

    private static string Find(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = System.IO.Path.Combine(at.FullName, "tests", "data", "models", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"tests/data/models/{name} is not in a folder above {AppContext.BaseDirectory}.");
    }
}

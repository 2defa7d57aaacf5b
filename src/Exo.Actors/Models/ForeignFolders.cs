namespace Exo.Actors.Models;

/// <summary>Where other programs keep their models.</summary>
/// <param name="Ollama">Folders with Ollama's manifests and blobs.</param>
/// <param name="LmStudio">Folders with LM Studio's publishers.</param>
public sealed record ForeignFolders(IReadOnlyList<string> Ollama, IReadOnlyList<string> LmStudio)
{
    /// <summary>Those of this user: OLLAMA_MODELS or ~/.ollama/models, and the service's; ~/.lmstudio/models, its older place, and where its pointer file leads.</summary>
    public static ForeignFolders OfUser()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string? told = Environment.GetEnvironmentVariable("OLLAMA_MODELS");
        return Of(home, told);
    }

    /// <summary>Those below a home.</summary>
    /// <param name="home">The user's folder.</param>
    /// <param name="ollamaModels">Value of OLLAMA_MODELS; null or empty when it is not set.</param>
    public static ForeignFolders Of(string home, string? ollamaModels)
    {
        string[] ollama = string.IsNullOrEmpty(ollamaModels)
            ? [Path.Combine(home, ".ollama", "models"), .. OperatingSystem.IsWindows() ? Array.Empty<string>() : ["/usr/share/ollama/.ollama/models"]]
            : [ollamaModels];
        List<string> lmStudio = [Path.Combine(home, ".lmstudio", "models"), Path.Combine(home, ".cache", "lm-studio", "models")];
        if (Pointer(Path.Combine(home, ".lmstudio-home-pointer")) is { } moved)
        {
            lmStudio.Insert(0, Path.Combine(moved, "models"));
        }

        return new ForeignFolders(ollama, [.. lmStudio.Distinct()]);
    }

    internal IReadOnlyList<IForeignModels> Open() => [new OllamaModels(Ollama), new LmStudioModels(LmStudio)];

    private static string? Pointer(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } path && Path.IsPathFullyQualified(path) ? path : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // another program's file that may not be read tells nothing
        }
    }
}

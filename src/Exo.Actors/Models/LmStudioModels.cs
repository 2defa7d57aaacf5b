using Exo.Engine.Formats;

namespace Exo.Actors.Models;

/// <summary>
/// Models that LM Studio has downloaded: PUBLISHER/REPOSITORY folders below its models folder, with GGUF files, or config.json and safetensors
/// files. A name is REPOSITORY or PUBLISHER/REPOSITORY, with @PART of a file's name where there are several files.
/// </summary>
/// <param name="roots">Folders that may be its models folder.</param>
internal sealed class LmStudioModels(IReadOnlyList<string> roots) : IForeignModels
{
    private static readonly EnumerationOptions s_looking = new() { IgnoreInaccessible = true };

    public string Prefix => "lmstudio:";

    public string Remedy => $"download it in LM Studio (looked in {string.Join(", ", roots)})";

    public IEnumerable<string> Names() => Repositories().Where(repository => IsFolderModel(repository.Path) || Files(repository.Path).Length > 0).Select(repository => Prefix + repository.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public string? Find(string name)
    {
        int at = name.LastIndexOf('@');
        (string wanted, string part) = at > 0 ? (name[..at], name[(at + 1)..]) : (name, "");
        string? repository = Repositories().FirstOrDefault(candidate => Same(candidate.Name, wanted) || Same(Path.GetFileName(candidate.Path), wanted)).Path;
        if (repository is null)
        {
            return null;
        }

        string[] files = [.. Files(repository).Where(file => Path.GetFileName(file).Contains(part, StringComparison.OrdinalIgnoreCase))];
        return files switch
        {
            [string only] => only,
            [] => IsFolderModel(repository) ? repository : throw new ModelFileException($"{repository} has no GGUF file with \"{part}\" in its name: choose one of {List(Files(repository))}."),
            _ => throw new ModelFileException($"{repository} has several GGUF files: name one with @ and a part of its name, as {Prefix}{wanted}@{Path.GetFileNameWithoutExtension(files[0]).Split('-', '.')[^1]}. There are {List(files)}."),
        };
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string List(string[] files) => string.Join(", ", files.Select(file => Path.GetFileName(file)));

    private static bool IsFolderModel(string folder) => File.Exists(Path.Combine(folder, "config.json")) && Directory.EnumerateFiles(folder, "*.safetensors", s_looking).Any();

    /// <summary>Its models: without projectors of images, and of a split model the first part.</summary>
    private static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.gguf", s_looking)
            .Where(file => !Path.GetFileName(file).StartsWith("mmproj", StringComparison.OrdinalIgnoreCase))
            .Where(file => !Path.GetFileName(file).Contains("-of-", StringComparison.Ordinal) || Path.GetFileName(file).Contains("-00001-of-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private IEnumerable<(string Name, string Path)> Repositories() =>
        from root in roots
        where Directory.Exists(root)
        from publisher in Directory.EnumerateDirectories(root, "*", s_looking).Order(StringComparer.Ordinal)
        from repository in Directory.EnumerateDirectories(publisher, "*", s_looking).Order(StringComparer.Ordinal)
        select ($"{Path.GetFileName(publisher)}/{Path.GetFileName(repository)}", repository);
}

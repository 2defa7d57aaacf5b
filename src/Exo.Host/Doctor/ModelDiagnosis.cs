using Exo.Host.Terminal;

namespace Exo.Host.Doctor;

/// <summary>Which models this machine has, and what is wrong with those it cannot use. Pure.</summary>
internal static class ModelDiagnosis
{
    /// <summary>With less on its disk a folder takes no further model.</summary>
    public const long LeastFree = 1L << 30;

    private const int MostNames = 20;

    /// <summary>One finding for the folder, and one for each file in it that is no model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isForUser">Whether the user puts models there.</param>
    public static IEnumerable<Finding> Of(ModelFolder folder, bool isForUser)
    {
        string about = $"models in {folder.Path}";
        string free = folder.FreeBytes is { } bytes ? $", {Sizes.Text(bytes)} free on its disk" : "";
        bool isFull = isForUser && folder.FreeBytes < LeastFree;
        yield return new Finding(
            about,
            !isFull,
            (folder.Usable.Count > 0 ? Names(folder.Usable) : folder.Exists ? "none" : "none, the folder is yet to be made") + free,
            isFull ? "Free some space, or move the folder to a larger disk and leave a link in its place."
            : isForUser && folder.Usable.Count == 0 ? "Put GGUF files there, or folders with config.json and *.safetensors." : "");
        foreach (string why in folder.Broken)
        {
            yield return new Finding(about, false, why.TrimEnd('.'), "Fetch the file again, or remove it.");
        }
    }

    /// <summary>Models of other programs that this one can use; nothing where there are none.</summary>
    /// <param name="foreign">Their names, with the other program's prefix.</param>
    public static IEnumerable<Finding> OfForeign(IReadOnlyCollection<string> foreign)
    {
        foreach (IGrouping<string, string> program in foreign.GroupBy(name => name[..(name.IndexOf(':', StringComparison.Ordinal) + 1)]))
        {
            yield return new Finding($"models of {program.Key.TrimEnd(':')}", true, Names([.. program]), "");
        }
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}

using Exo.Actors.Models;
using Exo.Engine.Formats;

namespace Exo.Host.Doctor;

/// <summary>A folder that models are looked for in, and what lies there.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Exists">False: nobody has made it yet.</param>
/// <param name="FreeBytes">Left on its disk; null: the system does not tell.</param>
/// <param name="Usable">Names of the models that open.</param>
/// <param name="Broken">Why others do not, a sentence each.</param>
internal sealed record ModelFolder(string Path, bool Exists, long? FreeBytes, IReadOnlyList<string> Usable, IReadOnlyList<string> Broken)
{
    /// <summary>Looks into a folder of Exo's own and opens what is there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="store">Opens its models.</param>
    public static ModelFolder Look(string path, ModelStore store)
    {
        List<string> usable = [];
        List<string> broken = [];
        try
        {
            foreach (string model in ModelStore.ModelsIn(path))
            {
                try
                {
                    usable.Add(ModelStore.NameOf(store.Open(model).Path));
                }
                catch (ModelFileException e)
                {
                    broken.Add(e.Message);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            broken.Add(e.Message);
        }

        return new ModelFolder(path, Directory.Exists(path), Free(path), usable, broken);
    }

    /// <summary>Space left where a file of that folder would go, also when the folder is yet to be made.</summary>
    public static long? Free(string path)
    {
        try
        {
            DirectoryInfo? there = new(path);
            while (there is { Exists: false })
            {
                there = there.Parent;
            }

            return there is null ? null : new DriveInfo(there.FullName).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // network shares on Windows have no drive
        }
    }
}

namespace Exo.Engine.Tests;

/// <summary>Files under tests/data, which every clone has.</summary>
internal static class TestData
{
    public static string Find(params string[] parts)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine([at.FullName, "tests", "data", .. parts]);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"tests/data/{string.Join('/', parts)} is not in a folder above {AppContext.BaseDirectory}.");
    }
}

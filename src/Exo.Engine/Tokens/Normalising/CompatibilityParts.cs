using System.Globalization;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>What characters that are another's form for the sake of compatibility are made of; those that decompose canonically are not here.</summary>
internal static class CompatibilityParts
{
    /// <summary>The parts of each such character, which may have parts themselves.</summary>
    public static IReadOnlyDictionary<int, int[]> All { get; } = Read();

    private static Dictionary<int, int[]> Read()
    {
        Dictionary<int, int[]> all = [];
        foreach (string entry in CompatibilityData.Decompositions.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = entry.Split('=', ':');
            int[] range = [.. sides[0].Split('-').Select(Code)];
            int[] parts = [.. sides[1].Split('+').Select(Code)];
            int step = entry.Contains(':') ? 0 : 1;
            for (int code = range[0]; code <= range[^1]; code++)
            {
                all[code] = [.. parts[..^1], parts[^1] + ((code - range[0]) * step)];
            }
        }

        return all;
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

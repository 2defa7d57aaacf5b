namespace Exo.Engine.Chat.Jinja;

/// <summary>
/// How many values one rendering compared or hashed. Values may hold each other many times over, so that comparing two small ones can be more
/// work than any other limit sees. A rendering stays on its thread, and the count with it.
/// </summary>
internal static class Comparisons
{
    private const int Most = 20_000_000;

    [ThreadStatic]
    private static int s_count;

    /// <summary>At the beginning of a rendering and, since variables for the next one are hashed before it begins, at its end.</summary>
    public static void Reset() => s_count = 0;

    public static void Count()
    {
        if (++s_count > Most)
        {
            throw new JinjaException($"rendering compared more than {Most} values, which is the limit");
        }
    }
}

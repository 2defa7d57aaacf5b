using Exo.Engine.Kernels;

namespace Exo.Engine.KvCaches;

/// <summary>The layers of a slice that look back equally far: their pages come and go together.</summary>
internal sealed class KvGroup
{
    /// <summary>Positions behind the window that are kept, so that a session can go back a little: a drafted token that was wrong, a row that is computed anew.</summary>
    public const int Room = 512;

    /// <summary>Tokens of a batch that the footprint counts on; a longer row takes more memory while it is computed.</summary>
    public const int BatchTokens = 512;

    /// <param name="window">Positions that a token sees, its own included; 0 = all.</param>
    /// <param name="layouts">Of all layers of the slice.</param>
    /// <param name="layers">Those of the group.</param>
    public KvGroup(int window, ReadOnlySpan<KvLayout> layouts, int[] layers)
    {
        Window = window;
        Layers = layers;
        Offsets = new long[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            Offsets[i] = PageBytes;
            PageBytes += PageBytesOf(layouts[layers[i]]);
        }
    }

    public int Window { get; }

    public int[] Layers { get; }

    /// <summary>Where each of the layers begins within a page.</summary>
    public long[] Offsets { get; }

    public long PageBytes { get; }

    /// <summary>Groups of the layers that have keys and values, by the first layer of each.</summary>
    public static KvGroup[] Of(KvLayout[] layouts, int[] windows) =>
        [.. Enumerable.Range(0, layouts.Length).Where(layer => layouts[layer].KvHeads > 0).GroupBy(layer => windows[layer]).Select(group => new KvGroup(group.Key, layouts, [.. group]))];

    public static long PageBytesOf(in KvLayout layout) => (layout.PageBytes + 63) & ~63L;

    /// <summary>The most pages that a session of some length holds.</summary>
    public static int Pages(int window, int tokens)
    {
        int all = (int)(((long)tokens + KvLayout.PagePositions - 1) / KvLayout.PagePositions);
        return window == 0 ? all : (int)Math.Min(all, (((long)window + Room + BatchTokens + KvLayout.PagePositions - 3) / KvLayout.PagePositions) + 1);
    }

    /// <summary>The first page that tokens from <paramref name="position"/> on look into.</summary>
    public int FirstNeeded(int position) => First((long)position + 1 - Window);

    /// <summary>The first page that is kept for tokens from <paramref name="position"/> on, and for going back.</summary>
    public int FirstKept(int position) => First((long)position + 1 - Window - Room);

    private int First(long position) => Window == 0 ? 0 : (int)(Math.Max(0, position) / KvLayout.PagePositions);
}

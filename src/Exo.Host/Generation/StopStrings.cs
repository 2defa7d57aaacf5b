using System.Text;

namespace Exo.Host.Generation;

/// <summary>
/// Ends a text at the first of some strings, which are not part of it. Text that may be the beginning of one is held
/// back, so that a stop string split over tokens never leaks.
/// </summary>
internal sealed class StopStrings
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    public StopStrings(IEnumerable<string> stops) => _stops = [.. stops];

    /// <summary>The stop string that ended the text, or null.</summary>
    public string? Hit { get; private set; }

    /// <summary>Adds text and returns what is safe to show.</summary>
    public string Push(string text)
    {
        if (Hit is not null || _stops.Length == 0)
        {
            return Hit is null ? text : "";
        }

        string all = _held.Append(text).ToString();
        _held.Clear();
        int end = -1;
        foreach (string stop in _stops)
        {
            int at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (end < 0 || at < end))
            {
                (end, Hit) = (at, stop);
            }
        }

        if (Hit is not null)
        {
            return all[..end];
        }

        int keep = LongestBeginning(all);
        _held.Append(all, all.Length - keep, keep);
        return all[..^keep];
    }

    /// <summary>What was held back and turned out to be no stop string.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    /// <summary>The most characters at the end of the text with which a stop string could begin.</summary>
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// Cuts at the matches of a regular expression from a model's file. Such an expression may take exponential time, so it has a limit. It
/// sees each character beyond U+FFFF as one stand-in of the same class.
/// </summary>
internal sealed class RegexCut(Regex regex, CutBehaviour behaviour, bool inverted, string source) : ICut
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="ArgumentException">It is none, or longer than any known vocabulary's.</exception>
    public static Regex Compile(string pattern) => pattern.Length is > 0 and <= 8192
        ? new Regex(OnigurumaPattern.Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.Multiline, s_limit)
        : throw new ArgumentException($"a pattern of {pattern.Length} characters is outside of the limits (1 to 8192)");

    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        List<(int Start, int End, bool Matched)> segments = [];
        int gap = start;
        foreach ((int from, int to) in Matches(regex, text.StandIns.Substring(start, end - start), TooSlow))
        {
            if (start + from > gap)
            {
                segments.Add((gap, start + from, inverted));
            }

            segments.Add((start + from, start + to, !inverted));
            gap = start + to;
        }

        if (end > gap)
        {
            segments.Add((gap, end, inverted));
        }

        Arrange(segments, pieces);
    }

    /// <summary>The matches of an expression, those of no length too.</summary>
    /// <exception cref="Exception">What <paramref name="tooSlow"/> gives, at the time limit.</exception>
    public static IEnumerable<(int From, int To)> Matches(Regex regex, string text, Func<Exception> tooSlow)
    {
        long begun = Stopwatch.GetTimestamp();
        TimeSpan allowed = s_limit + TimeSpan.FromMilliseconds(text.Length / 100.0);
        Match match = Next(() => regex.Match(text), tooSlow);
        while (match.Success)
        {
            yield return (match.Index, match.Index + match.Length);
            if (Stopwatch.GetElapsedTime(begun) > allowed)
            {
                throw tooSlow();
            }

            Match last = match;
            match = Next(last.NextMatch, tooSlow);
        }
    }

    private static Match Next(Func<Match> find, Func<Exception> tooSlow)
    {
        try
        {
            return find();
        }
        catch (RegexMatchTimeoutException)
        {
            throw tooSlow();
        }
    }

    private ModelFileException TooSlow() =>
        new($"{source}: pre_tokenizer: its regular expression reached the time limit on this text. Use the model as a GGUF file, or another model.");

    private void Arrange(List<(int Start, int End, bool Matched)> segments, List<(int Start, int End)> pieces)
    {
        int first = pieces.Count;
        bool previous = false;
        foreach ((int start, int end, bool matched) in segments)
        {
            bool merges = behaviour switch
            {
                CutBehaviour.MergedWithPrevious => matched && !previous,
                CutBehaviour.MergedWithNext => previous && !matched,
                CutBehaviour.Contiguous => matched == previous,
                _ => false,
            };
            if (merges && pieces.Count > first)
            {
                pieces[^1] = (pieces[^1].Start, end);
            }
            else if (end > start && (behaviour != CutBehaviour.Removed || !matched))
            {
                pieces.Add((start, end));
            }

            previous = matched;
        }
    }
}

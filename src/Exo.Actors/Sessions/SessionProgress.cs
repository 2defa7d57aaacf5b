using System.Collections.Immutable;

namespace Exo.Actors.Sessions;

/// <summary>
/// What a session has emitted and when. Pure state over given times. A token is accepted only at the very next position, so
/// nothing is emitted twice and nothing is left out, whatever the rings say.
/// </summary>
internal sealed class SessionProgress(GenerationRequest request, int contextTokens, TimeSpan asked)
{
    private readonly TimeSpan _asked = asked;
    private readonly List<int> _emitted = [];
    private TimeSpan? _started;
    private TimeSpan? _first;
    private TimeSpan _last = asked;
    private TimeSpan _longestPause;

    public int Emitted => _emitted.Count;

    /// <summary>The most tokens that the request and the context allow.</summary>
    public int MaxTokens { get; } = Math.Min(request.MaxTokens, contextTokens - request.PromptTokens.Length);

    public int Left => MaxTokens - _emitted.Count;

    public int NextPosition => request.PromptTokens.Length + _emitted.Count;

    public TimeSpan LastToken => _last;

    /// <summary>Prompt and emitted tokens: what a new ring is given.</summary>
    public ImmutableArray<int> AllTokens => request.PromptTokens.AddRange(_emitted);

    public void Started(TimeSpan now) => _started ??= now;

    /// <summary>Takes a token if it is the next one.</summary>
    public bool Accept(int position, int id, TimeSpan now)
    {
        if (position != NextPosition || Left <= 0)
        {
            return false;
        }

        _emitted.Add(id);
        if (_first is null)
        {
            _first = now;
        }
        else if (now - _last > _longestPause)
        {
            _longestPause = now - _last;
        }

        _last = now;
        return true;
    }

    public FinishReason? Finish(int id) => request.StopTokens.Contains(id) ? FinishReason.Stop : Left <= 0 ? FinishReason.Length : null;

    public GenerationTimings Timings(TimeSpan now, int recoveries, double hop)
    {
        TimeSpan started = _started ?? now;
        TimeSpan first = _first ?? now;
        return new GenerationTimings(started - _asked, first - started, _first is null ? TimeSpan.Zero : _last - first, request.PromptTokens.Length, _emitted.Count, recoveries, _longestPause, hop);
    }
}

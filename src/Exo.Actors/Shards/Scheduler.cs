using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Exo.Actors.Shards;

/// <summary>
/// What stage 0 knows of its sessions, and which rows go into the next batch. Pure state without actor or clock.
/// A session has ids fed and ids not yet fed; a prompt is many not yet fed, decoding is one at a time.
/// </summary>
internal sealed class Scheduler(int maxSessions, bool shares = false)
{
    private readonly List<Session> _running = [];
    private readonly Queue<Session> _waiting = new();
    private int _next;

    public IEnumerable<SessionKey> Keys => _running.Concat(_waiting).Select(session => session.Key);

    /// <summary>Takes a session in; true when it runs at once, false when it waits for a place.</summary>
    public bool Admit(SessionKey key, Opening opening, ImmutableArray<int> tokens, int maxTokens, ImmutableArray<int> stopTokens)
    {
        Session session = new(key, opening, [.. tokens], maxTokens, [.. stopTokens]) { IsBegun = !shares };
        if (_running.Count < maxSessions)
        {
            _running.Add(session);
            return true;
        }

        _waiting.Enqueue(session);
        return false;
    }

    /// <summary>Forgets a session; a waiting one may take its place and is returned.</summary>
    public SessionKey? Remove(SessionKey key, out bool wasRunning)
    {
        wasRunning = _running.RemoveAll(session => session.Key == key) > 0;
        if (!wasRunning)
        {
            Session[] stay = [.. _waiting.Where(session => session.Key != key)];
            _waiting.Clear();
            foreach (Session session in stay)
            {
                _waiting.Enqueue(session);
            }

            return null;
        }

        if (_waiting.TryDequeue(out Session? next))
        {
            _running.Add(next);
            return next.Key;
        }

        return null;
    }

    /// <summary>The attempts of a session that are older than the given one.</summary>
    public ImmutableArray<SessionKey> Older(SessionKey key) => [.. Keys.Where(other => other.Session == key.Session && other.Attempt < key.Attempt)];

    /// <summary>A token came back from the tail. True when the session is over: stop token, length, or a fault.</summary>
    public bool Chosen(ChosenToken token)
    {
        Session? session = _running.Find(candidate => candidate.Key == token.Session);
        if (session is null || token.Position != session.Ids.Count)
        {
            return false;
        }

        session.Generated++;
        session.Ids.Add(token.Id);
        return token.Id < 0 || session.Generated >= session.MaxTokens || session.StopTokens.Contains(token.Id);
    }

    /// <summary>The sessions that run and of which nobody looked yet what the stages have computed of them; each is told once.</summary>
    public ImmutableArray<SessionKey> Starting()
    {
        Session[] starting = [.. _running.Where(session => !session.IsBegun && !session.IsLookedAt)];
        foreach (Session session in starting)
        {
            session.IsLookedAt = true;
        }

        return [.. starting.Select(session => session.Key)];
    }

    /// <summary>What a session that runs begins with; null when it is over.</summary>
    public (Opening Opening, ImmutableArray<int> Tokens)? Prompt(SessionKey key) =>
        _running.Find(candidate => candidate.Key == key) is { } session ? (session.Opening, [.. session.Ids]) : null;

    /// <summary>A session goes into batches from now on, its first tokens left out: every stage has them.</summary>
    public void Begin(SessionKey key, int computed)
    {
        if (_running.Find(candidate => candidate.Key == key) is { IsBegun: false } session)
        {
            session.IsBegun = true;
            session.Fed = computed;
        }
    }

    /// <summary>
    /// The rows of the next batch: at most one per session, beginning after the last one served, at most the chunk's tokens in
    /// all. Empty when there is nothing to feed.
    /// </summary>
    /// <param name="chunkTokens">Tokens of the batch at most.</param>
    public ImmutableArray<StepRow> NextBatch(int chunkTokens)
    {
        ImmutableArray<StepRow>.Builder rows = ImmutableArray.CreateBuilder<StepRow>();
        int room = chunkTokens;
        int count = _running.Count;
        for (int i = 0; i < count && room > 0; i++)
        {
            Session session = _running[(_next + i) % count];
            int feed = Math.Min(room, session.Ids.Count - session.Fed);
            if (feed > 0 && session.IsBegun)
            {
                bool last = session.Fed + feed == session.Ids.Count;
                rows.Add(new StepRow(session.Key, session.Fed, [.. CollectionsMarshal.AsSpan(session.Ids).Slice(session.Fed, feed)], Sample: last, session.IsOpened ? null : session.Opening));
                session.IsOpened = true;
                session.Fed += feed;
                room -= feed;
            }
        }

        _next = count > 0 ? (_next + 1) % count : 0;
        return rows.ToImmutable();
    }

    private sealed class Session(SessionKey key, Opening opening, List<int> ids, int maxTokens, HashSet<int> stopTokens)
    {
        public SessionKey Key { get; } = key;

        public Opening Opening { get; } = opening;

        public List<int> Ids { get; } = ids;

        public int MaxTokens { get; } = maxTokens;

        public HashSet<int> StopTokens { get; } = stopTokens;

        public int Fed { get; set; }

        /// <summary>Whether somebody looks what the stages have of its beginning.</summary>
        public bool IsLookedAt { get; set; }

        /// <summary>Whether it is known where to begin.</summary>
        public bool IsBegun { get; set; }

        /// <summary>Whether its first row was made.</summary>
        public bool IsOpened { get; set; }

        public int Generated { get; set; }
    }
}

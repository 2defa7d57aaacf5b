using System.Collections.Immutable;
using Exo.Engine.Sampling;

namespace Exo.Actors.Shards;

/// <summary>
/// What stage 0 knows of its sessions, and which rows go into the next batch. Pure state without actor or clock.
/// A session has ids fed and ids not yet fed; a prompt is many not yet fed, decoding is one at a time.
/// </summary>
internal sealed class Scheduler(int maxSessions)
{
    private readonly List<Session> _running = [];
    private readonly Queue<Session> _waiting = new();
    private int _next;

    public int Running => _running.Count;

    public int Waiting => _waiting.Count;

    public IEnumerable<SessionKey> Keys => _running.Concat(_waiting).Select(session => session.Key);

    /// <summary>Takes a session in; true when it runs at once, false when it waits for a place.</summary>
    public bool Admit(SessionKey key, Opening opening, ImmutableArray<int> tokens, int maxTokens, ImmutableArray<int> stopTokens)
    {
        Session session = new(key, opening, [.. tokens], maxTokens, [.. stopTokens]);
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

    /// <summary>
    /// The rows of the next batch: at most one per session, beginning after the last one served, at most the chunk's tokens in
    /// all. Empty when there is nothing to feed.
    /// </summary>
    /// <param name="chunkTokens">Tokens of the batch at most.</param>
    public ImmutableArray<(StepRow Row, ImmutableArray<int> Tokens)> NextBatch(int chunkTokens)
    {
        ImmutableArray<(StepRow, ImmutableArray<int>)>.Builder rows = ImmutableArray.CreateBuilder<(StepRow, ImmutableArray<int>)>();
        int room = chunkTokens;
        int count = _running.Count;
        for (int i = 0; i < count && room > 0; i++)
        {
            Session session = _running[(_next + i) % count];
            int feed = Math.Min(room, session.Ids.Count - session.Fed);
            if (feed > 0)
            {
                bool last = session.Fed + feed == session.Ids.Count;
                rows.Add((new StepRow(session.Key, session.Fed, feed, Sample: last, session.Fed == 0 ? session.Opening : null), [.. session.Ids.Skip(session.Fed).Take(feed)]));
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

        public int Generated { get; set; }
    }
}

namespace Exo.Actors.Shards;

/// <summary>
/// How stage 0 finds out what all stages have computed of a session's beginning already. It tells the ring what it has itself; each stage passes on the
/// smaller of that and its own. A stage with sliding windows may not be able to go back to what another one has, so the ring is asked again until all
/// have the same. Pure state without actor or clock.
/// </summary>
internal sealed class PrefixAgreement(bool alone)
{
    /// <summary>Each round has less in common than the one before; a ring that has not agreed by then begins at 0, which every stage can.</summary>
    public const int MostRounds = 4;

    private readonly Dictionary<SessionKey, (int Count, int Rounds)> _asked = [];

    /// <summary>Stage 0 has so many tokens.</summary>
    /// <returns>Whether the session begins there; otherwise the ring is to be asked.</returns>
    public bool Found(SessionKey session, int count)
    {
        int rounds = _asked.GetValueOrDefault(session).Rounds + 1;
        if (alone || count == 0)
        {
            _asked.Remove(session);
            return true;
        }

        _asked[session] = (count, rounds);
        return false;
    }

    /// <summary>The ring has so many tokens in common; null when nobody asked.</summary>
    /// <returns>Whether the session begins there, and where; otherwise stage 0 looks again for so many.</returns>
    public (bool Begins, int Count)? Agreed(SessionKey session, int count)
    {
        if (!_asked.TryGetValue(session, out (int Count, int Rounds) asked))
        {
            return null;
        }

        if (count < asked.Count && count > 0 && asked.Rounds < MostRounds)
        {
            return (false, count);
        }

        _asked.Remove(session);
        return (true, count >= asked.Count ? asked.Count : 0);
    }

    public void Forget(SessionKey session) => _asked.Remove(session);
}

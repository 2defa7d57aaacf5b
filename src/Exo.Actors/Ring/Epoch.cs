namespace Exo.Actors.Ring;

/// <summary>The version of a ring: totally ordered, so that of two proposals every device picks the same one.</summary>
/// <param name="Counter">Rises by one with every proposal; 0 = none yet.</param>
/// <param name="Proposer">The uid of the proposing node; orders proposals of one counter.</param>
public readonly record struct Epoch(long Counter, int Proposer) : IComparable<Epoch>
{
    /// <summary>Before any proposal.</summary>
    public static Epoch None => default;

    /// <summary>A greater epoch, by the given proposer.</summary>
    public Epoch Next(int proposer) => new(Counter + 1, proposer);

    /// <inheritdoc />
    public int CompareTo(Epoch other) => Counter != other.Counter ? Counter.CompareTo(other.Counter) : Proposer.CompareTo(other.Proposer);

    /// <summary>Whether the left epoch is the older one.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left epoch is the newer one.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left epoch is the same or older.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left epoch is the same or newer.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.CompareTo(right) >= 0;

    /// <inheritdoc />
    public override string ToString() => Counter == 0 ? "-" : $"{Counter}.{(uint)Proposer:x8}";
}

using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Where a range begins, ends and how it steps; its slices are ranges too.</summary>
internal sealed record RangeBounds(long Start, long Stop, long Step)
{
    public override string ToString() => Step == 1 ? $"range({Start}, {Stop})" : $"range({Start}, {Stop}, {Step})";

    public object? Attribute(string name) => name switch
    {
        "start" => new BigInteger(Start),
        "stop" => new BigInteger(Stop),
        "step" => new BigInteger(Step),
        _ => null,
    };

    /// <summary>The part that indices from, from + step… before to select.</summary>
    public RangeBounds Slice(long from, long to, long step) => new(Start + (from * Step), Start + (to * Step), Step * step);
}

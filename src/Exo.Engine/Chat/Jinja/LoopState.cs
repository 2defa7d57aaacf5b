using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>The variable "loop".</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth, Func<object?, string>? recurse)
{
    private object? _changed = CallArguments.Absent.Value;

    public int Index { get; set; }

    public int Count => items.Count;

    public object? Attribute(string name) => name switch
    {
        "index" => new BigInteger(Index + 1),
        "index0" => new BigInteger(Index),
        "revindex" => new BigInteger(items.Count - Index),
        "revindex0" => new BigInteger(items.Count - Index - 1),
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => new BigInteger(items.Count),
        "depth" => new BigInteger(depth + 1),
        "depth0" => new BigInteger(depth),
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new JinjaFunction("cycle", arguments => arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count]
            : throw new JinjaException("loop.cycle needs values")),
        "changed" => new JinjaFunction("changed", arguments => Changed(arguments)),
        _ => new Undefined($"the loop has no attribute \"{name}\""),
    };

    public string Recurse(object? inner) => recurse?.Invoke(inner) ?? throw new JinjaException("the loop is not marked \"recursive\"");

    private bool Changed(CallArguments arguments)
    {
        JinjaSequence now = JinjaSequence.Tuple([.. arguments.Positional]);
        bool changed = _changed is not JinjaSequence before || !Operators.AreEqual(before, now);
        _changed = now;
        return changed;
    }
}

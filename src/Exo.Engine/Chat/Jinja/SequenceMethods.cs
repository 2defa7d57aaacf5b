using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Methods of a list or tuple that change nothing.</summary>
internal static class SequenceMethods
{
    public static object? Find(JinjaSequence sequence, string name) => name switch
    {
        "index" when sequence.IsIndexed => new JinjaFunction(name, arguments => Index(sequence, arguments.Bind(name, "value")[0])),
        "count" when sequence.IsIndexed => new JinjaFunction(name, arguments => Count(sequence, arguments.Bind(name, "value")[0])),
        "start" or "stop" or "step" when sequence.Range is not null => sequence.Range.Attribute(name),
        "copy" when sequence.Kind == SequenceKind.List => new JinjaFunction(name, arguments => new JinjaSequence([.. sequence.Items])),
        _ => null,
    };

    private static BigInteger Index(JinjaSequence sequence, object? value)
    {
        int index = sequence.Items.FindIndex(item => Operators.AreEqual(item, value));
        return index >= 0 ? new BigInteger(index) : throw new JinjaException($"{PythonText.Repr(value)} is not in the list");
    }

    private static BigInteger Count(JinjaSequence sequence, object? value) => new BigInteger(sequence.Items.Count(item => Operators.AreEqual(item, value)));
}

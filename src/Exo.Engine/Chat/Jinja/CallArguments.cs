using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>The evaluated arguments of a call, filter or test.</summary>
internal sealed class CallArguments(List<object?> positional, JinjaMapping named)
{
    public static CallArguments None => new([], new JinjaMapping());

    public List<object?> Positional => positional;

    public JinjaMapping Named => named;

    /// <summary>The values of these parameters, in order; <see cref="Absent"/> where none was given. Too many or unknown ones are an error.</summary>
    public Bound Bind(string function, params ReadOnlySpan<string> parameters)
    {
        if (positional.Count > parameters.Length)
        {
            throw new JinjaException($"{function} takes {parameters.Length} arguments at most, and {positional.Count} were given");
        }

        string[] names = parameters.ToArray();
        object?[] values = new object?[names.Length];
        int used = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            bool isNamed = named.TryGet(parameters[i], out object? value);
            if (isNamed && i < positional.Count)
            {
                throw new JinjaException($"{function} got {parameters[i]} twice");
            }

            used += isNamed ? 1 : 0;
            values[i] = i < positional.Count ? positional[i] : isNamed ? value : Absent.Value;
        }

        return used == named.Count ? new Bound(function, names, values)
            : throw new JinjaException($"{function} has no argument named {named.Keys.First(key => !names.Contains(key as string))}");
    }

    /// <summary>Marks an argument that was not given.</summary>
    internal sealed class Absent
    {
        public static Absent Value { get; } = new();
    }

    /// <summary>Arguments by place.</summary>
    internal sealed class Bound(string function, string[] names, object?[] values)
    {
        public object? this[int index] => Has(index) ? values[index] : throw new JinjaException($"{function} needs its argument {names[index]}");

        public bool Has(int index) => values[index] is not Absent;

        public object? Or(int index, object? otherwise) => Has(index) ? values[index] : otherwise;

        public bool Flag(int index, bool otherwise = false) => Has(index) ? Operators.IsTrue(values[index]) : otherwise;

        public string Text(int index) => this[index] as string ?? throw Wrong(index, "a text");

        public string? TextOr(int index, string? otherwise) => Has(index) && values[index] is not null ? Text(index) : otherwise;

        public int Integer(int index) => this[index] switch
        {
            bool flag => flag ? 1 : 0,
            BigInteger number when number >= int.MinValue && number <= int.MaxValue => (int)number,
            _ => throw Wrong(index, "an integer of usual size"),
        };

        public int IntegerOr(int index, int otherwise) => Has(index) && values[index] is not null ? Integer(index) : otherwise;

        private JinjaException Wrong(int index, string needed) => new($"{function} needs {needed} as {names[index]}, not a {PythonText.TypeName(values[index])}");
    }
}

using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Jinja's tests: what stands after "is".</summary>
internal static class TestTable
{
    private static readonly Dictionary<string, Func<Evaluator, object?, CallArguments, bool>> s_tests = new(StringComparer.Ordinal)
    {
        ["defined"] = (_, value, arguments) => None("defined", arguments, value is not Undefined),
        ["undefined"] = (_, value, arguments) => None("undefined", arguments, value is Undefined),
        ["none"] = (_, value, arguments) => None("none", arguments, value is null),
        ["true"] = (_, value, arguments) => None("true", arguments, value is true),
        ["false"] = (_, value, arguments) => None("false", arguments, value is false),
        ["boolean"] = (_, value, arguments) => None("boolean", arguments, value is bool),
        ["integer"] = (_, value, arguments) => None("integer", arguments, value is BigInteger),
        ["float"] = (_, value, arguments) => None("float", arguments, value is double),
        ["number"] = (_, value, arguments) => None("number", arguments, Operators.IsNumber(value)),
        ["string"] = (_, value, arguments) => None("string", arguments, value is string),
        ["mapping"] = (_, value, arguments) => None("mapping", arguments, value is JinjaMapping),
        ["sequence"] = (_, value, arguments) => None("sequence", arguments, value is string or JinjaMapping or Undefined or JinjaSequence { Kind: not SequenceKind.Generator and not SequenceKind.Keys and not SequenceKind.Values and not SequenceKind.Items }),
        ["iterable"] = (_, value, arguments) => None("iterable", arguments, value is string or JinjaMapping or JinjaSequence or Undefined),
        ["callable"] = (_, value, arguments) => None("callable", arguments, value is JinjaFunction or LoopState or Undefined),
        ["escaped"] = (evaluator, value, arguments) => None("escaped", arguments, value is string text && evaluator.Safe.Contains(text)),
        ["upper"] = (_, value, arguments) => None("upper", arguments, TextCase.IsUpper(PythonText.Str(value))),
        ["lower"] = (_, value, arguments) => None("lower", arguments, TextCase.IsLower(PythonText.Str(value))),
        ["odd"] = (evaluator, value, arguments) => None("odd", arguments, Remainder(evaluator, value, 2, 1)),
        ["even"] = (evaluator, value, arguments) => None("even", arguments, Remainder(evaluator, value, 2, 0)),
        ["divisibleby"] = (evaluator, value, arguments) => Remainder(evaluator, value, arguments.Bind("divisibleby", "num")[0], 0),
        ["filter"] = (_, value, arguments) => None("filter", arguments, value is string name && FilterTable.Find(name) is not null),
        ["test"] = (_, value, arguments) => None("test", arguments, value is string name && Find(name) is not null),
        ["sameas"] = (_, value, arguments) => IsSame(value, arguments.Bind("sameas", "other")[0]),
        ["in"] = (_, value, arguments) => Operators.Contains(arguments.Bind("in", "seq")[0], value),
        ["eq"] = (_, value, arguments) => Operators.AreEqual(value, arguments.Bind("eq", "other")[0]),
        ["ne"] = (_, value, arguments) => !Operators.AreEqual(value, arguments.Bind("ne", "other")[0]),
        ["lt"] = (_, value, arguments) => Operators.Compare(value, arguments.Bind("lt", "other")[0]) < 0,
        ["le"] = (_, value, arguments) => Operators.Compare(value, arguments.Bind("le", "other")[0]) <= 0,
        ["gt"] = (_, value, arguments) => Operators.Compare(value, arguments.Bind("gt", "other")[0]) > 0,
        ["ge"] = (_, value, arguments) => Operators.Compare(value, arguments.Bind("ge", "other")[0]) >= 0,
    };

    public static Func<Evaluator, object?, CallArguments, bool>? Find(string name) => s_tests.GetValueOrDefault(name switch
    {
        "equalto" or "==" => "eq",
        "!=" => "ne",
        "lessthan" or "<" => "lt",
        "<=" => "le",
        "greaterthan" or ">" => "gt",
        ">=" => "ge",
        _ => name,
    });

    private static bool None(string name, CallArguments arguments, bool holds)
    {
        arguments.Bind(name);
        return holds;
    }

    private static bool IsSame(object? value, object? other) => (value, other) switch
    {
        (null, null) => true,
        (bool a, bool b) => a == b,
        (string a, string b) => a == b,
        (BigInteger a, BigInteger b) => a == b,
        _ => ReferenceEquals(value, other),
    };

    private static bool Remainder(Evaluator evaluator, object? value, object? divisor, int wanted) =>
        Operators.AreEqual(new Arithmetic(evaluator.Budget, evaluator.Safe).Apply("%", value, divisor is int number ? new BigInteger(number) : divisor), new BigInteger(wanted));
}

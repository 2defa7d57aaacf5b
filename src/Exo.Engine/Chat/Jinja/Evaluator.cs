using System.Numerics;
using System.Text;
using static Exo.Engine.Chat.Jinja.Expression;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Evaluates expressions.</summary>
internal sealed class Evaluator
{
    private readonly Renderer _renderer;
    private readonly Arithmetic _arithmetic;

    public Evaluator(Renderer renderer, Budget budget, SafeTexts safe)
    {
        _renderer = renderer;
        _arithmetic = new Arithmetic(budget, safe);
        Budget = budget;
        Safe = safe;
    }

    public Budget Budget { get; }

    public SafeTexts Safe { get; }

    public object? Evaluate(Expression expression)
    {
        Budget.Step();
        Budget.RequireStack();
        try
        {
            return Value(expression);
        }
        catch (JinjaException failure) when (failure.Line == 0)
        {
            (failure.Line, failure.Column) = (expression.Line, expression.Column);
            throw;
        }
    }

    /// <summary>A chain of filters whose innermost operand is a given text.</summary>
    public object? EvaluateChain(Expression filter, string text) => filter is Filter chain
        ? Apply(chain, chain.Operand is null ? text : EvaluateChain(chain.Operand, text))
        : throw new JinjaException("a filter was expected");

    public CallArguments Arguments(ArgumentList arguments)
    {
        List<object?> positional = [.. arguments.Positional.Select(Evaluate)];
        if (arguments.Spread is not null)
        {
            positional.AddRange(Operators.Iterate(Evaluate(arguments.Spread)));
        }

        JinjaMapping named = new();
        foreach ((string name, Expression value) in arguments.Named)
        {
            named.Set(name, Evaluate(value));
        }

        if (arguments.NamedSpread is not null)
        {
            JinjaMapping more = Evaluate(arguments.NamedSpread) as JinjaMapping ?? throw new JinjaException("\"**\" needs a mapping");
            foreach ((object? key, object? value) in more.Items)
            {
                named.Set(key as string ?? throw new JinjaException("names of arguments are texts"), value);
            }
        }

        return new CallArguments(positional, named);
    }

    public static object? Call(object? target, CallArguments arguments) => target switch
    {
        JinjaFunction function => function.Body(arguments),
        LoopState loop => loop.Recurse(arguments.Bind("loop", "items")[0]),
        Undefined undefined => throw undefined.Fail(),
        _ => throw new JinjaException($"a {PythonText.TypeName(target)} cannot be called"),
    };

    public object? ApplyFilter(string name, object? value, CallArguments arguments)
    {
        FilterTable.Filter filter = FilterTable.Find(name) ?? throw new JinjaException($"there is no filter named \"{name}\"");
        if (name is not ("length" or "count" or "first" or "last" or "default" or "d"))
        {
            Budget.Work(value);
        }

        object? result = filter(this, value, arguments);
        Budget.Work(ReferenceEquals(result, value) ? null : result);
        return result;
    }

    public bool ApplyTest(string name, object? value, CallArguments arguments)
    {
        Func<Evaluator, object?, CallArguments, bool> test = TestTable.Find(name) ?? throw new JinjaException($"there is no test named \"{name}\"");
        if (value is string)
        {
            Budget.Work(value);
        }

        arguments.Positional.ForEach(Budget.Work);
        return test(this, value, arguments);
    }

    private object? Value(Expression expression) => expression switch
    {
        Constant constant => constant.Value,
        Name name => _renderer.Scope.TryGet(name.Text, out object? value) ? value : new Undefined($"\"{name.Text}\" is undefined"),
        Concatenation concatenation => Concatenate(concatenation),
        Sequence sequence => new JinjaSequence([.. sequence.Items.Select(Evaluate)], sequence.IsTuple ? SequenceKind.Tuple : SequenceKind.List),
        Mapping mapping => Map(mapping),
        Unary { Operator: "not" } unary => !Operators.IsTrue(Evaluate(unary.Operand)),
        Unary { Operator: "-" } unary => Arithmetic.Negate(Evaluate(unary.Operand)),
        Unary unary => Arithmetic.Negate(Arithmetic.Negate(Evaluate(unary.Operand))),
        Binary { Operator: "and" } binary => Evaluate(binary.Left) is var left && Operators.IsTrue(left) ? Evaluate(binary.Right) : left,
        Binary { Operator: "or" } binary => Evaluate(binary.Left) is var left && Operators.IsTrue(left) ? left : Evaluate(binary.Right),
        Binary binary => _arithmetic.Apply(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right)),
        Comparison comparison => Compare(comparison),
        Condition condition => Operators.IsTrue(Evaluate(condition.Test)) ? Evaluate(condition.Then)
            : condition.Else is null ? new Undefined("the condition is false and has no \"else\"") : Evaluate(condition.Else),
        Member member => Attributes.Get(this, Evaluate(member.Target), member.Text),
        Item { Key: Slice slice } item => Slices.Get(Worked(Evaluate(item.Target)), Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step)),
        Item item => Attributes.GetItem(this, Evaluate(item.Target), Evaluate(item.Key)),
        Call call => Invoke(call),
        Filter filter => Apply(filter, Evaluate(filter.Operand!)),
        Check test => ApplyTest(test.Text, Evaluate(test.Operand), Arguments(test.Arguments)) != test.Negated,
        _ => throw new JinjaException("a slice can only stand between brackets"),
    };

    private object? Worked(object? value)
    {
        Budget.Work(value);
        return value;
    }

    private object? Invoke(Call call)
    {
        object? target = Evaluate(call.Target);
        return Call(target, Arguments(call.Arguments));
    }

    private object? Apply(Filter filter, object? value) => ApplyFilter(filter.Text, value, Arguments(filter.Arguments));

    private int? Bound(Expression? bound) => bound is null ? null : Evaluate(bound) switch
    {
        null => null,
        bool flag => flag ? 1 : 0,
        BigInteger number => (int)BigInteger.Clamp(number, int.MinValue + 1, int.MaxValue),
        _ => throw new JinjaException("the bounds of a slice are integers"),
    };

    private string Concatenate(Concatenation concatenation)
    {
        StringBuilder text = new();
        foreach (Expression item in concatenation.Items)
        {
            string part = PythonText.Str(Evaluate(item));
            Budget.Charge((long)text.Length + part.Length);
            text.Append(part);
        }

        return text.ToString();
    }

    private JinjaMapping Map(Mapping mapping)
    {
        JinjaMapping values = new();
        foreach ((Expression key, Expression value) in mapping.Items)
        {
            object? name = Evaluate(key);
            values.Set(name, Evaluate(value));
        }

        return values;
    }

    private bool Compare(Comparison comparison)
    {
        object? left = Evaluate(comparison.First);
        foreach ((string @operator, Expression next) in comparison.Rest)
        {
            object? right = Evaluate(next);
            Budget.Work(right is JinjaMapping ? null : right);
            bool holds = @operator switch
            {
                "==" => Operators.AreEqual(left, right),
                "!=" => !Operators.AreEqual(left, right),
                "in" => Operators.Contains(right, left),
                "not in" => !Operators.Contains(right, left),
                "<" => Operators.Compare(left, right) < 0,
                "<=" => Operators.Compare(left, right) <= 0,
                ">" => Operators.Compare(left, right) > 0,
                _ => Operators.Compare(left, right) >= 0,
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}

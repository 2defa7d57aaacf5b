using System.Text;
using static Exo.Engine.Chat.Jinja.Statement;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Executes the statements of one rendering.</summary>
internal sealed class Renderer
{
    private readonly Budget _budget = new();
    private readonly Evaluator _evaluator;
    private StringBuilder _output = new();
    private Scope _scope;
    private int _loops;

    public Renderer(IEnumerable<KeyValuePair<string, object?>> variables, DateTimeOffset now)
    {
        Comparisons.Reset();
        Scope globals = new(null);
        SafeTexts safe = new();
        _evaluator = new Evaluator(this, _budget, safe);
        Globals.Define(globals, _budget, now);
        Scope given = new(globals);
        foreach ((string name, object? value) in variables)
        {
            given.Set(name, value);
        }

        _scope = new Scope(given);
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    public Scope Scope => _scope;

    public string Render(Statement[] template)
    {
        try
        {
            if (Run(template) != Flow.Next)
            {
                throw new JinjaException("\"break\" or \"continue\" stands outside of a loop");
            }

            return _output.ToString();
        }
        finally
        {
            Comparisons.Reset();
        }
    }

    private Flow Run(Statement[] body)
    {
        foreach (Statement statement in body)
        {
            Flow flow;
            try
            {
                _budget.Step();
                flow = Run(statement);
            }
            catch (JinjaException failure) when (failure.Line == 0)
            {
                (failure.Line, failure.Column) = (statement.Line, statement.Column);
                throw;
            }

            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement)
    {
        switch (statement)
        {
            case Data data:
                Write(data.Text);
                break;
            case Print print:
                Write(PythonText.Str(_evaluator.Evaluate(print.Value)));
                break;
            case If branch:
                Budget.RequireStack();
                return Run(Operators.IsTrue(_evaluator.Evaluate(branch.Test)) ? branch.Then : branch.Else);
            case For loop:
                Budget.RequireStack();
                Loop(loop, _evaluator.Evaluate(loop.Items), depth: 0);
                break;
            case Set set:
                Assign(set.Target, _evaluator.Evaluate(set.Value));
                break;
            case SetBlock set:
                string captured = Capture(set.Body);
                Assign(set.Target, set.Filter is null ? captured : _evaluator.EvaluateChain(set.Filter, captured));
                break;
            case With with:
                RunWith(with);
                break;
            case MacroDefinition definition:
                _scope.Set(definition.Macro.Name, Macro(definition.Macro));
                break;
            case CallBlock block:
                CallArguments arguments = _evaluator.Arguments(block.Call.Arguments);
                arguments.Named.Set("caller", Macro(block.Caller));
                Write(PythonText.Str(Evaluator.Call(_evaluator.Evaluate(block.Call.Target), arguments)));
                break;
            case FilterBlock block:
                Write(PythonText.Str(_evaluator.EvaluateChain(block.Filter, Capture(block.Body))));
                break;
            case Scoped scoped:
                return RunIn(new Scope(_scope), scoped.Body);
            case Break:
                return _loops > 0 ? Flow.Break : throw new JinjaException("\"break\" stands outside of a loop");
            case Continue:
                return _loops > 0 ? Flow.Continue : throw new JinjaException("\"continue\" stands outside of a loop");
        }

        return Flow.Next;
    }

    private void Write(string text)
    {
        _budget.Charge(text.Length);
        if ((long)_output.Length + text.Length > Budget.Longest)
        {
            throw new JinjaException($"the output is longer than the limit of {Budget.Longest} characters");
        }

        _output.Append(text);
    }

    private Flow RunIn(Scope scope, Statement[] body)
    {
        Scope outer = _scope;
        _scope = scope;
        try
        {
            return Run(body);
        }
        finally
        {
            _scope = outer;
        }
    }

    private string Capture(Statement[] body) => Capture(new Scope(_scope), body);

    private string Capture(Scope scope, Statement[] body)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        try
        {
            RunIn(scope, body);
            return _output.ToString();
        }
        finally
        {
            _output = outer;
        }
    }

    private void RunWith(With with)
    {
        Scope inner = new(_scope);
        object?[] values = [.. with.Values.Select(value => _evaluator.Evaluate(value.Value))];
        for (int i = 0; i < values.Length; i++)
        {
            inner.Set(with.Values[i].Target.Name!, values[i]);
        }

        RunIn(inner, with.Body);
    }

    private void Loop(For loop, object? value, int depth)
    {
        _budget.Work(value);
        IReadOnlyList<object?> items = Operators.Iterate(value);
        if (loop.Test is not null)
        {
            items = [.. items.Where(item => Passes(loop, item))];
        }

        LoopState? state = null;
        state = new LoopState(items, depth, loop.Recursive ? inner => Recurse(loop, inner, depth + 1) : null);
        bool completed = false;
        _loops++;
        for (int i = 0; i < items.Count; i++)
        {
            _budget.Step();
            Scope scope = new(_scope);
            state.Index = i;
            scope.Set("loop", state);
            Bind(scope, loop.Target, items[i]);
            Flow flow = RunIn(scope, loop.Body);
            if (flow == Flow.Break)
            {
                break;
            }

            completed |= flow == Flow.Next;
        }

        _loops--;

        // As in Jinja, "else" also follows where no round came to its end: all of them met "continue", or the first met "break".
        if (!completed)
        {
            RunIn(new Scope(_scope), loop.Else);
        }
    }

    private bool Passes(For loop, object? item)
    {
        Scope outer = _scope;
        _scope = new Scope(outer);
        try
        {
            Bind(_scope, loop.Target, item);
            return Operators.IsTrue(_evaluator.Evaluate(loop.Test!));
        }
        finally
        {
            _scope = outer;
        }
    }

    private string Recurse(For loop, object? inner, int depth)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        _budget.Enter();
        try
        {
            Loop(loop, inner, depth);
            return _output.ToString();
        }
        finally
        {
            _budget.Leave();
            _output = outer;
        }
    }

    private JinjaFunction Macro(MacroBody macro)
    {
        JinjaMapping attributes = new();
        attributes.Set("name", macro.Name);
        attributes.Set("arguments", JinjaSequence.Tuple([.. macro.Parameters.Select(p => (object?)p.Name)]));
        attributes.Set("caller", macro.Names.Contains("caller"));
        attributes.Set("catch_varargs", macro.Names.Contains("varargs"));
        attributes.Set("catch_kwargs", macro.Names.Contains("kwargs"));
        Scope defined = _scope;
        return new JinjaFunction(macro.Name, arguments => CallMacro(macro, defined, arguments)) { Attributes = attributes };
    }

    private string CallMacro(MacroBody macro, Scope defined, CallArguments arguments)
    {
        Scope scope = new(defined);
        Scope outer = _scope;
        int loops = _loops;
        _budget.Enter();
        (_scope, _loops) = (scope, 0);
        try
        {
            BindParameters(macro, scope, arguments);
            return Capture(scope, macro.Body);
        }
        finally
        {
            (_scope, _loops) = (outer, loops);
            _budget.Leave();
        }
    }

    private void BindParameters(MacroBody macro, Scope scope, CallArguments arguments)
    {
        JinjaMapping named = arguments.Named.Copy();
        HashSet<object?> used = [];
        for (int i = 0; i < macro.Parameters.Length; i++)
        {
            (string name, Expression? otherwise) = macro.Parameters[i];
            if (i < arguments.Positional.Count)
            {
                scope.Set(name, arguments.Positional[i]);
            }
            else if (named.TryGet(name, out object? value))
            {
                used.Add(name);
                scope.Set(name, value);
            }
            else
            {
                scope.Set(name, otherwise is null ? new Undefined($"the parameter \"{name}\" of the macro \"{macro.Name}\" was not given") : _evaluator.Evaluate(otherwise));
            }
        }

        if (macro.Names.Contains("caller"))
        {
            bool given = named.TryGet("caller", out object? caller);
            used.Add("caller");
            scope.Set("caller", given ? caller : new Undefined($"the macro \"{macro.Name}\" was not called by a call block"));
        }

        List<object?> more = [.. arguments.Positional.Skip(macro.Parameters.Length)];
        JinjaMapping rest = new();
        foreach ((object? key, object? value) in named.Items)
        {
            if (!used.Contains(key))
            {
                rest.Set(key, value);
            }
        }

        if (more.Count > 0 && !macro.Names.Contains("varargs"))
        {
            throw new JinjaException($"the macro \"{macro.Name}\" takes {macro.Parameters.Length} arguments at most, and {arguments.Positional.Count} were given");
        }

        if (rest.Count > 0 && !macro.Names.Contains("kwargs"))
        {
            throw new JinjaException($"the macro \"{macro.Name}\" has no parameter named \"{rest.Keys.First()}\"");
        }

        scope.Set("varargs", new JinjaSequence(more, SequenceKind.Tuple));
        scope.Set("kwargs", rest);
    }

    private void Assign(Assignee target, object? value)
    {
        if (target.Attribute is null)
        {
            Bind(_scope, target, value);
        }
        else if (_scope.TryGet(target.Name!, out object? space) && space is JinjaNamespace names)
        {
            names.Values.Set(target.Attribute, value);
        }
        else
        {
            throw new JinjaException($"\"{target.Name}\" is no namespace, so its attribute \"{target.Attribute}\" cannot be set");
        }
    }

    private static void Bind(Scope scope, Assignee target, object? value)
    {
        if (target.Items is null)
        {
            scope.Set(target.Name!, value);
            return;
        }

        IReadOnlyList<object?> values = Operators.Iterate(value);
        if (values.Count != target.Items.Length)
        {
            throw new JinjaException($"{values.Count} values cannot be given to {target.Items.Length} names");
        }

        for (int i = 0; i < values.Count; i++)
        {
            Bind(scope, target.Items[i], values[i]);
        }
    }
}

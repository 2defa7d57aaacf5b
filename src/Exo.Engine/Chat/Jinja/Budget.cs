using System.Runtime.CompilerServices;

namespace Exo.Engine.Chat.Jinja;

/// <summary>What one rendering may use. A template comes with the model file, so it is as little trusted as the file.</summary>
internal sealed class Budget
{
    private const int MostSteps = 4_000_000;
    private const long MostCharacters = 64L << 20;
    private const int DeepestCalls = 120;
    private const int ItemWeight = 16;

    /// <summary>The longest single text, list or output, in characters or items.</summary>
    public const int Longest = 16 << 20;

    // A list counts by its items, a text by sixteen characters: what one look through it costs.
    private const long MostWork = 100_000_000;
    private const int TextWeight = 16;

    private int _steps;
    private long _work;
    private long _characters;
    private int _calls;

    public void Step()
    {
        if (++_steps > MostSteps)
        {
            throw new JinjaException($"rendering took more than {MostSteps} steps, which is the limit");
        }
    }

    /// <summary>Before making a text or list of this length.</summary>
    public void Charge(long length)
    {
        if (length > Longest)
        {
            throw new JinjaException($"a text or list of {length} characters or items is above the limit of {Longest}");
        }

        if ((_characters += length) > MostCharacters)
        {
            throw new JinjaException($"rendering made more than {MostCharacters} characters of text, which is the limit");
        }
    }

    /// <summary>Before something looks through the whole of a value: a step of a template may be long work on long values.</summary>
    public void Work(object? value)
    {
        _work += value switch
        {
            string text => text.Length / TextWeight,
            JinjaSequence sequence => sequence.Items.Count,
            JinjaMapping mapping => mapping.Count,
            _ => 0,
        };
        if (_work > MostWork)
        {
            throw new JinjaException($"rendering looked through more than {MostWork} items or {MostWork * TextWeight} characters, which is the limit");
        }
    }

    /// <summary>Before making a list of this length; an item weighs as much as a short text.</summary>
    public void ChargeItems(long count) => Charge(count > long.MaxValue / ItemWeight ? long.MaxValue : count * ItemWeight);

    public void Enter()
    {
        if (++_calls > DeepestCalls || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException($"calls are nested more than {DeepestCalls} deep, which is the limit");
        }
    }

    public void Leave() => _calls--;

    /// <summary>Inside an expression, which may nest as deep as its source.</summary>
    public static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException("an expression is nested too deep: the limit of the stack is reached");
        }
    }
}

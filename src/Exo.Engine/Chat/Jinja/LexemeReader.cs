using System.Runtime.CompilerServices;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Steps through the tokens of a template and counts how deep its source nests.</summary>
internal abstract class LexemeReader(List<Lexeme> lexemes)
{
    private const int DeepestNesting = 200;

    private int _at;
    private int _depth;

    protected Lexeme Current => lexemes[_at];

    protected Lexeme Following => lexemes[_at + 1];

    protected Lexeme Take() => lexemes[_at++];

    protected bool Accept(string @operator)
    {
        bool found = Current.Is(@operator);
        _at += found ? 1 : 0;
        return found;
    }

    protected bool AcceptName(string name)
    {
        bool found = Current.IsName(name);
        _at += found ? 1 : 0;
        return found;
    }

    protected void Expect(string @operator)
    {
        if (!Accept(@operator))
        {
            throw Unexpected($"\"{@operator}\"");
        }
    }

    protected Lexeme ExpectName() => Current.Kind == LexemeKind.Name ? Take() : throw Unexpected("a name");

    protected JinjaException Unexpected(string expected) => new($"{expected} was expected, not {Current.Describe()}", Current.Line, Current.Column);

    protected void Enter()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException($"nested more than {DeepestNesting} deep, which is the limit", Current.Line, Current.Column);
        }
    }

    protected void Leave() => _depth--;

    protected void StepBack() => _at--;
}

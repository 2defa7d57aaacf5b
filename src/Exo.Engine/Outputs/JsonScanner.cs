namespace Exo.Engine.Outputs;

/// <summary>Finds the end of a JSON object or array character by character, and the first character that no JSON can have there.</summary>
internal sealed class JsonScanner : IScanner
{
    private const int Deepest = 128;
    private const string Literals = "true false null";

    private readonly bool[] _objects = new bool[Deepest];
    private int _depth;
    private Place _place = Place.Top;
    private bool _key;
    private int _left;
    private int _literal;

    private enum Place
    {
        Top,
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        Behind,
        Text,
        Escape,
        Hex,
        Minus,
        Zero,
        Whole,
        Point,
        Fraction,
        Exponent,
        Sign,
        Power,
        Literal,
        Done,
    }

    public bool IsDone => _place == Place.Done;

    public bool Step(char c)
    {
        switch (_place)
        {
            case Place.Top:
                return Spaces.Contain(c) || (c is '{' or '[' && Open(c));
            case Place.Text:
                return InText(c);
            case Place.Escape:
                (_place, _left) = c == 'u' ? (Place.Hex, 4) : (Place.Text, 0);
                return "\"\\/bfnrtu".Contains(c, StringComparison.Ordinal);
            case Place.Hex:
                _place = --_left == 0 ? Place.Text : Place.Hex;
                return char.IsAsciiHexDigit(c);
            case Place.Literal:
                return InLiteral(c);
            case Place.Minus or Place.Zero or Place.Whole or Place.Point or Place.Fraction or Place.Exponent or Place.Sign or Place.Power:
                return InNumber(c);
            case Place.Done:
                return false;
            default:
                return Spaces.Contain(c) || Between(c);
        }
    }

    private bool Between(char c)
    {
        switch (_place)
        {
            case Place.Value or Place.ValueOrEnd:
                return c == ']' ? _place == Place.ValueOrEnd && Close(c) : BeginValue(c);
            case Place.Key or Place.KeyOrEnd:
                (_key, Place before) = (true, _place);
                _place = Place.Text;
                return c == '"' || (c == '}' && before == Place.KeyOrEnd && Close(c));
            case Place.Colon:
                _place = Place.Value;
                return c == ':';
            default:
                if (c != ',')
                {
                    return Close(c);
                }

                _place = _objects[_depth - 1] ? Place.Key : Place.Value;
                return true;
        }
    }

    private bool BeginValue(char c)
    {
        (_key, _literal) = (false, 0);
        switch (c)
        {
            case '{' or '[':
                return Open(c);
            case '"':
                _place = Place.Text;
                return true;
            case '-':
                _place = Place.Minus;
                return true;
            case '0':
                _place = Place.Zero;
                return true;
            case >= '1' and <= '9':
                _place = Place.Whole;
                return true;
            default:
                _place = Place.Literal;
                _literal = c switch { 't' => 1, 'f' => 6, 'n' => 12, _ => -1 };
                return _literal > 0;
        }
    }

    private bool InText(char c)
    {
        if (c == '"')
        {
            _place = _key ? Place.Colon : Place.Behind;
        }
        else if (c == '\\')
        {
            _place = Place.Escape;
        }

        return c >= ' ';
    }

    private bool InLiteral(char c)
    {
        if (Literals[_literal] != c)
        {
            return false;
        }

        _literal++;
        _place = _literal == Literals.Length || Literals[_literal] == ' ' ? Place.Behind : Place.Literal;
        return true;
    }

    private bool InNumber(char c)
    {
        bool digit = char.IsAsciiDigit(c);
        Place next = _place switch
        {
            Place.Minus when c == '0' => Place.Zero,
            Place.Minus when digit => Place.Whole,
            Place.Whole when digit => Place.Whole,
            Place.Zero or Place.Whole when c == '.' => Place.Point,
            Place.Point or Place.Fraction when digit => Place.Fraction,
            Place.Zero or Place.Whole or Place.Fraction when c is 'e' or 'E' => Place.Exponent,
            Place.Exponent when c is '+' or '-' => Place.Sign,
            Place.Exponent or Place.Sign or Place.Power when digit => Place.Power,
            Place.Zero or Place.Whole or Place.Fraction or Place.Power => Place.Behind,
            _ => Place.Done,
        };
        _place = next;
        return next != Place.Done && (next != Place.Behind || Spaces.Contain(c) || Between(c));
    }

    private bool Open(char c)
    {
        if (_depth == Deepest)
        {
            return false;
        }

        _objects[_depth++] = c == '{';
        _place = c == '{' ? Place.KeyOrEnd : Place.ValueOrEnd;
        return true;
    }

    private bool Close(char c)
    {
        if (c != (_objects[_depth - 1] ? '}' : ']'))
        {
            return false;
        }

        _place = --_depth == 0 ? Place.Done : Place.Behind;
        return true;
    }
}

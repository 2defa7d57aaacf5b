namespace Akka.Configuration.Hocon;

/// <summary>Reads HOCON as Akka.NET 1.5 does; what that reader silently misreads is an error here, with line and column.</summary>
public class Parser
{
    private const int MaxDepth = 256;
    private readonly List<HoconSubstitution> _substitutions = [];
    private readonly HoconValue _root = new();
    private readonly HoconText _text;
    private readonly Func<string, HoconRoot> _include;
    private readonly List<string> _sections = [];
    private int _depth;

    private Parser(string text, Func<string, HoconRoot> include)
    {
        _text = new HoconText(text);
        _include = include;
    }

    public static HoconRoot Parse(string text, Func<string, HoconRoot> includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        Parser parser = new(text, includeCallback);
        parser.ReadRoot();
        SubstitutionResolver.Resolve(parser._root, parser._substitutions);
        return new HoconRoot(parser._root, parser._substitutions);
    }

    private void ReadRoot()
    {
        _text.TrySkip('\uFEFF');
        _text.WhitespaceAndComments();
        if (_text.Current == '[')
            throw _text.Error("The text must be an object, not an array");
        bool isBraced = _text.TrySkip('{');
        HoconObject root = new();
        _root.NewValue(root);
        ReadMembers(root, isBraced);
        _text.WhitespaceAndComments();
        if (!_text.IsAtEnd)
            throw _text.Error($"Unexpected '{_text.Current}' after the end of the configuration");
    }

    private void ReadMembers(HoconObject owner, bool isBraced)
    {
        HoconPosition start = _text.Position;
        if (++_depth > MaxDepth)
            throw _text.Error($"Objects and arrays are nested more than {MaxDepth} deep");
        while (true)
        {
            _text.WhitespaceAndComments();
            if (_text.IsAtEnd)
            {
                if (isBraced)
                    throw HoconText.Error("An object is not closed with '}'", start);
                break;
            }

            if (_text.Current == '}')
            {
                if (!isBraced)
                    throw _text.Error("A '}' closes nothing");
                _text.Next();
                break;
            }

            ReadMember(owner);
        }

        _depth--;
    }

    private void ReadMember(HoconObject owner)
    {
        if (_text.IsAtInclude)
        {
            ReadInclude(owner);
            return;
        }

        HoconPosition start = _text.Position;
        List<string> key = ReadKey();
        _text.Blanks();
        _sections.AddRange(key);
        ReadMemberValue(owner, key, start);
        _sections.RemoveRange(_sections.Count - key.Count, key.Count);
    }

    private void ReadMemberValue(HoconObject owner, List<string> key, HoconPosition start)
    {
        if (_text.Current == '{')
        {
            ReadMembersOf(ChildAt(owner, key));
            return;
        }

        // After a quoted key the sign stands by itself; after a bare one it was read as the key's end.
        bool isAppended = key[^1].EndsWith('+') || _text.TrySkip('+');
        if (!_text.TrySkip('=') && !_text.TrySkip(':'))
            throw HoconText.Error($"The key '{string.Join('.', key)}' has no value: '=', ':' or '{{' must follow it", start);
        if (isAppended)
            throw HoconText.Error("'+=' is not supported: write the whole list", start);
        _text.WhitespaceAndComments();
        HoconValue value = ChildAt(owner, key);
        value.Place = new HoconPlace(string.Join('.', _sections), _text.Position);
        ReadValue(value, "a value");
        EndOfMember(mayHaveComma: true);
    }

    private void ReadMembersOf(HoconValue value)
    {
        _text.Next();
        ReadMembers(ObjectOf(value), isBraced: true);
        EndOfMember(mayHaveComma: false);
    }

    private void EndOfMember(bool mayHaveComma)
    {
        _text.Blanks();
        if (_text.Current != ',')
            return;
        if (!mayHaveComma)
            throw new FormatException($"A comma after '}}' is not understood by every reader: use a new line ({_text.Position})");
        _text.Next();
    }

    private void ReadInclude(HoconObject owner)
    {
        HoconPosition start = _text.Position;
        _text.Unquoted();
        _text.Blanks();
        string name = _text.Quoted();
        HoconRoot included = (_include ?? throw HoconText.Error($"include \"{name}\" cannot be read: no include callback was given", start))(name);
        if (included?.Value is null || !included.Value.IsObject())
            throw HoconText.Error($"include \"{name}\" gave no object", start);
        owner.Merge(included.Value.GetObject());
    }

    private List<string> ReadKey()
    {
        List<string> key = [];
        while (true)
        {
            string element;
            if (_text.Current == '"')
            {
                element = _text.Quoted();
                _text.Blanks();
            }
            else
            {
                element = _text.IsAtUnquotedKey ? _text.UnquotedKey() : "";
                if (element.Length == 0)
                    throw _text.Error($"A key was expected, not '{_text.Current}'");
            }

            key.Add(element);
            if (!_text.TrySkip('.'))
                return key;
        }
    }

    private static HoconValue ChildAt(HoconObject owner, List<string> key)
    {
        HoconObject parent = owner;
        for (int i = 0; i < key.Count - 1; i++)
            parent = ObjectOf(parent.GetOrCreateKey(key[i]));
        return parent.GetOrCreateKey(key[^1]);
    }

    /// <summary>The object to add members to: the last one written for this key, or one laid over a substitution.</summary>
    private static HoconObject ObjectOf(HoconValue value)
    {
        if (value.Values.Count > 0 && value.Values[^1] is HoconObject last)
            return last;
        HoconObject created = new();
        if (value.Values.Count > 0 && value.Values[^1] is HoconSubstitution)
            value.AppendValue(created);
        else
            value.NewValue(created);
        return created;
    }

    /// <summary>Reads one value expression; true when it ended with an object.</summary>
    private bool ReadValue(HoconValue owner, string what)
    {
        if (_text.Current == '{')
        {
            _text.Next();
            ReadMembers(ObjectOf(owner), isBraced: true);
            return true;
        }

        HoconPosition start = _text.Position;
        HoconValue value = new();
        string blanks = "";
        while (!_text.IsAtEnd)
        {
            if (_text.Current == '{')
                throw _text.Error("What stands before '{' would be lost: write \"a = ${x}\" on one line and \"a { … }\" on the next to inherit and override");

            IHoconElement element = ReadElement();
            if (element is null)
                break;
            bool joinsText = value.Values.Count > 0 && blanks.Length > 0 && element is not HoconArray && value.Values[^1] is not HoconArray;
            if (joinsText)
                value.AppendValue(new HoconLiteral { Value = blanks });
            value.AppendValue(element);
            blanks = _text.Blanks();
        }

        if (value.Values.Count == 0)
            throw HoconText.Error($"{char.ToUpperInvariant(what[0])}{what[1..]} was expected, not '{(_text.IsAtEnd ? "the end" : _text.Current)}'", start);
        if (!_text.IsAtEnd && _text.Current is not ('\n' or ',' or '}' or ']'))
            throw _text.Error($"'{_text.Current}' must stand in quotes");
        Replace(owner, value);
        return false;
    }

    private static void Replace(HoconValue owner, HoconValue value)
    {
        bool isNull = value.Values is [HoconLiteral { Value: "null" } and not QuotedLiteral];
        bool keepsObject = value.Values is [HoconSubstitution] && owner.Values.Count > 0 && owner.Values[^1] is HoconObject;
        if (!keepsObject)
            owner.Clear();
        foreach (IHoconElement element in value.Values)
            owner.AppendValue(isNull ? new HoconLiteral() : element);
    }

    private IHoconElement ReadElement()
    {
        if (_text.At("\"\"\""))
            return new QuotedLiteral { Value = _text.TripleQuoted() };
        if (_text.Current == '"')
            return new QuotedLiteral { Value = _text.Quoted() };
        if (_text.At("${"))
        {
            HoconSubstitution substitution = _text.Substitution();
            _substitutions.Add(substitution);
            return substitution;
        }

        if (_text.Current == '[')
            return ReadArray();
        return _text.IsAtUnquoted ? new HoconLiteral { Value = _text.Unquoted() } : null;
    }

    private HoconArray ReadArray()
    {
        HoconPosition start = _text.Position;
        if (++_depth > MaxDepth)
            throw _text.Error($"Objects and arrays are nested more than {MaxDepth} deep");
        _text.Next();
        HoconArray items = [];
        while (true)
        {
            _text.WhitespaceAndComments();
            if (_text.IsAtEnd)
                throw HoconText.Error("An array is not closed with ']'", start);
            if (_text.TrySkip(']'))
                break;
            HoconValue item = new();
            ReadValue(item, "an item");
            items.Add(item);
            _text.WhitespaceAndComments();
            _text.TrySkip(',');
        }

        _depth--;
        return items;
    }

    /// <summary>A literal that stood in quotes: "null" in quotes is a text.</summary>
    private sealed class QuotedLiteral : HoconLiteral
    {
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Exo.Engine.Chat.Jinja;

/// <summary>A dict: keys in the order in which they came; 1, 1.0 and true are one key, as in Python.</summary>
internal sealed class JinjaMapping
{
    private static readonly object s_none = new();

    private readonly OrderedDictionary<object, object?> _items = new(KeyComparer.Instance);

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(Unwrap);

    public IEnumerable<object?> Values => _items.Values;

    public IEnumerable<KeyValuePair<object?, object?>> Items => _items.Select(item => new KeyValuePair<object?, object?>(Unwrap(item.Key), item.Value));

    public void Set(object? key, object? value) => _items[Wrap(key)] = value;

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(Wrap(key), out value);

    public bool Contains(object? key) => _items.ContainsKey(Wrap(key));

    public JinjaMapping Copy()
    {
        JinjaMapping copy = new();
        foreach (KeyValuePair<object, object?> item in _items)
        {
            copy._items[item.Key] = item.Value;
        }

        return copy;
    }

    private static object Wrap(object? key) => key switch
    {
        null => s_none,
        JinjaMapping => throw new JinjaException($"a {PythonText.TypeName(key)} cannot be a key"),
        JinjaSequence { Kind: SequenceKind.List or SequenceKind.Keys or SequenceKind.Items } => throw new JinjaException($"a {PythonText.TypeName(key)} cannot be a key"),
        _ => key,
    };

    private static object? Unwrap(object key) => ReferenceEquals(key, s_none) ? null : key;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y) || Operators.AreEqual(x, y);

        public int GetHashCode(object obj)
        {
            Comparisons.Count();
            return Hash(obj);
        }

        private int Hash(object obj) => obj switch
        {
            bool flag => flag ? 1 : 0,
            BigInteger number => number.GetHashCode(),
            double number when Math.Floor(number) == number && double.IsFinite(number) => new BigInteger(number).GetHashCode(),
            Undefined => 0,
            JinjaSequence { Kind: SequenceKind.Generator or SequenceKind.Values } => RuntimeHelpers.GetHashCode(obj),
            JinjaSequence sequence => sequence.Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, item is null ? 0 : GetHashCode(item))),
            _ => obj.GetHashCode(),
        };
    }
}

using System.Text;

namespace Akka.Configuration.Hocon;

public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; } = [];

    public IDictionary<string, object> Unwrapped
    {
        get
        {
            Dictionary<string, object> plain = [];
            foreach ((string key, HoconValue value) in Items)
                plain[key] = value.IsObject() ? value.GetObject().Unwrapped : value;
            return plain;
        }
    }

    public IList<HoconValue> GetArray() => throw new InvalidOperationException("A HOCON object is not an array");

    public string GetString() => throw new InvalidOperationException("A HOCON object is not a string");

    public bool IsArray() => false;

    public bool IsString() => false;

    public HoconValue GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out HoconValue value))
        {
            value = new HoconValue();
            Items.Add(key, value);
        }

        return value;
    }

    /// <summary>Lays another object over this one: objects merge per key, anything else of the other wins.</summary>
    public void Merge(HoconObject other)
    {
        foreach ((string key, HoconValue value) in other.Items)
            Items[key] = Items.TryGetValue(key, out HoconValue mine) ? HoconMerge.Values(value, mine) : value;
    }

    public override string ToString() => ToString(0);

    internal string ToString(int indent)
    {
        string margin = new(' ', indent * 2);
        StringBuilder text = new();
        foreach ((string key, HoconValue value) in Items)
            text.Append(margin).Append(Quote(key)).Append(" : ").Append(value.ToString(indent)).Append('\n');
        return text.ToString();
    }

    private static string Quote(string key)
        => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : HoconValue.Quote(key);
}

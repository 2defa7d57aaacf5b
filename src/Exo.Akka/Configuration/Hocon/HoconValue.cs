using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>What a key holds: literals, arrays and substitutions that are read together, or an object.</summary>
public class HoconValue : IMightBeAHoconObject
{
    private HoconObject _mergedObject;

    public HoconValue()
        : this([])
    {
    }

    public HoconValue(List<IHoconElement> values, bool adoptedFromFallback = true)
    {
        Values = values;
        AdoptedFromFallback = adoptedFromFallback;
    }

    public List<IHoconElement> Values { get; }

    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    internal bool AdoptedFromFallback { get; }

    /// <summary>Where it was written; null for what no text holds.</summary>
    internal HoconPlace Place { get; set; }

    public void AppendValue(IHoconElement value)
    {
        _mergedObject = null;
        Values.Add(value);
    }

    public void Clear()
    {
        _mergedObject = null;
        Values.Clear();
    }

    public void NewValue(IHoconElement value)
    {
        Clear();
        Values.Add(value);
    }

    public Config ToConfig() => IsObject() ? new Config(new HoconRoot(this)) : Config.Empty;

    public Config AtKey(string key)
    {
        HoconObject parent = new();
        parent.Items.Add(key, this);
        HoconValue value = new();
        value.NewValue(parent);
        return new Config(new HoconRoot(value));
    }

    public bool IsString() => Values.Count > 0 && Values.TrueForAll(v => v.IsString());

    /// <summary>True for a list that is not empty.</summary>
    public bool IsArray() => GetArray().Count > 0;

    public bool IsObject() => Values.Count > 0 && IsObjectElement(Values[^1]);

    /// <summary>The object of this key; an object that follows a substitution is laid over what the substitution names.</summary>
    public HoconObject GetObject()
    {
        if (_mergedObject is not null)
            return _mergedObject;
        HoconObject result = null;
        foreach (IHoconElement element in Values)
        {
            HoconObject layer = element as HoconObject ?? (element as IMightBeAHoconObject)?.GetObject();
            result = layer is null || result is null ? layer : HoconMerge.Objects(layer, result);
        }

        // Only a merge of several layers is worth keeping: one layer is the element itself and may still grow while parsing.
        if (Values.Count > 1)
            _mergedObject = result;
        return result;
    }

    public HoconValue GetChildObject(string key) => GetObject()?.GetKey(key);

    public IList<HoconValue> GetArray()
    {
        List<HoconValue> items = [];
        foreach (IHoconElement element in Values)
        {
            if (element.IsArray())
                items.AddRange(element.GetArray());
        }

        return items;
    }

    public string GetString()
    {
        if (Values.Count == 1)
            return Values[0].IsString() ? Values[0].GetString() : null;
        StringBuilder text = new();
        bool isString = false;
        foreach (IHoconElement element in Values)
        {
            if (!element.IsString())
                continue;
            isString = true;
            text.Append(element.GetString());
        }

        return isString ? text.ToString() : null;
    }

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        string other => throw new NotSupportedException(Located($"Unknown boolean format: {other}; use on, off, true or false")),
        null => throw new NotSupportedException(Located("Unknown boolean format: null; use on, off, true or false")),
    };

    public byte GetByte() => Number(byte.Parse, "a whole number from 0 to 255");

    public int GetInt() => Number(int.Parse, "a whole number");

    public long GetLong() => Number(long.Parse, "a whole number");

    public float GetFloat() => Number(float.Parse, "a number");

    public double GetDouble() => Number(double.Parse, "a number");

    public decimal GetDecimal() => Number(decimal.Parse, "a number");

    public TimeSpan GetTimeSpan(bool allowInfinite = true)
    {
        try
        {
            return HoconUnits.ParseDuration(GetString(), allowInfinite);
        }
        catch (Exception cause) when (cause is FormatException or OverflowException)
        {
            throw new FormatException(Located(cause.Message), cause);
        }
    }

    public long? GetByteSize()
    {
        try
        {
            return HoconUnits.ParseSize(GetString());
        }
        catch (Exception cause) when (cause is FormatException or OverflowException)
        {
            throw new FormatException(Located(cause.Message), cause);
        }
    }

    public IList<string> GetStringList() => ListOf(v => v.GetString());

    public IList<bool> GetBooleanList() => ListOf(v => v.GetBoolean());

    public IList<byte> GetByteList() => ListOf(v => v.GetByte());

    public IList<int> GetIntList() => ListOf(v => v.GetInt());

    public IList<long> GetLongList() => ListOf(v => v.GetLong());

    public IList<float> GetFloatList() => ListOf(v => v.GetFloat());

    public IList<double> GetDoubleList() => ListOf(v => v.GetDouble());

    public IList<decimal> GetDecimalList() => ListOf(v => v.GetDecimal());

    public override string ToString() => ToString(0);

    internal string ToString(int indent)
    {
        if (IsObject())
            return $"{{\n{GetObject().ToString(indent + 1)}{new string(' ', indent * 2)}}}";
        if (Values.Exists(v => v.IsArray()))
            return "[" + string.Join(",", GetArray().Select(v => v.ToString(indent + 1))) + "]";
        string text = GetString();
        return text is null ? "null" : Quote(text);
    }

    internal static string Quote(string text)
    {
        bool isPlain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isPlain ? text : "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t") + "\"";
    }

    private static bool IsObjectElement(IHoconElement element)
        => element is HoconObject || (element is IMightBeAHoconObject maybe && maybe.IsObject());

    private T Number<T>(Func<string, IFormatProvider, T> parse, string expected)
    {
        string text = GetString() ?? throw new FormatException(Located("A number was expected, but the value is null or not a scalar"));
        try
        {
            return parse(text, NumberFormatInfo.InvariantInfo);
        }
        catch (FormatException cause)
        {
            throw new FormatException(Located($"'{text}' is not {expected}"), cause);
        }
        catch (OverflowException cause)
        {
            throw new OverflowException(Located($"{text} is too large or too small"), cause);
        }
    }

    private string Located(string what) => Place is null ? what : $"{what} ({Place})";

    private List<T> ListOf<T>(Func<HoconValue, T> read) => [.. GetArray().Select(read)];
}

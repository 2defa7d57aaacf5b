using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>An immutable view of a parsed HOCON text laid over its fallbacks.</summary>
/// <remarks>Fallbacks are merged when they are added: objects per key, anything else is replaced as a whole.</remarks>
public class Config
{
    public static readonly Config Empty = new(new HoconRoot(EmptyValue()));

    private readonly HoconValue _root;
    private readonly HoconValue _merged;

    public Config()
        : this(new HoconRoot(EmptyValue()))
    {
    }

    public Config(HoconRoot root)
    {
        _root = root?.Value ?? throw new ArgumentNullException(nameof(root), "The root value cannot be null.");
        _merged = _root;
        Substitutions = root.Substitutions;
    }

    public Config(Config source, Config fallback)
    {
        ArgumentNullException.ThrowIfNull(source);
        _root = source._root;
        Substitutions = source.Substitutions;
        Fallback = source.Fallback is null ? fallback : source.Fallback.WithFallback(fallback);
        _merged = fallback is null ? source._merged : HoconMerge.Values(source._merged, fallback._merged);
    }

    public Config Fallback { get; }

    public virtual bool IsEmpty => _merged.IsEmpty || (_merged.IsObject() && _merged.GetObject().Items.Count == 0);

    public virtual HoconValue Root => _merged;

    public IEnumerable<HoconSubstitution> Substitutions { get; set; }

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    public virtual Config WithFallback(Config fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));
        if (fallback is null || fallback.IsEmpty)
            return this;
        return IsEmpty ? fallback : new Config(this, fallback);
    }

    public virtual bool HasPath(string path) => GetValue(path) is not null;

    public HoconValue GetValue(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return HoconPath.Find(_merged, HoconPath.Split(path));
    }

    public virtual Config GetConfig(string path)
    {
        HoconValue value = GetValue(path);
        return value is null ? null : new Config(new HoconRoot(value));
    }

    public virtual string GetString(string path, string @default = null)
    {
        HoconValue value = GetValue(path);
        return value is null ? @default : value.GetString();
    }

    public virtual bool GetBoolean(string path, bool @default = false) => GetValue(path)?.GetBoolean() ?? @default;

    public virtual int GetInt(string path, int @default = 0) => GetValue(path)?.GetInt() ?? @default;

    public virtual long GetLong(string path, long @default = 0) => GetValue(path)?.GetLong() ?? @default;

    public virtual float GetFloat(string path, float @default = 0) => GetValue(path)?.GetFloat() ?? @default;

    public virtual double GetDouble(string path, double @default = 0) => GetValue(path)?.GetDouble() ?? @default;

    public virtual decimal GetDecimal(string path, decimal @default = 0) => GetValue(path)?.GetDecimal() ?? @default;

    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true)
        => GetValue(path)?.GetTimeSpan(allowInfinite) ?? @default.GetValueOrDefault();

    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    public virtual long? GetByteSize(string path, long? def = null)
    {
        HoconValue value = GetValue(path);
        return value is null ? def : value.GetByteSize();
    }

    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths)
    {
        HoconValue value = GetValue(path);
        return value is null ? defaultPaths : value.GetStringList();
    }

    public virtual IList<bool> GetBooleanList(string path) => GetValue(path)?.GetBooleanList() ?? [];

    public virtual IList<byte> GetByteList(string path) => GetValue(path)?.GetByteList() ?? [];

    public virtual IList<int> GetIntList(string path) => GetValue(path)?.GetIntList() ?? [];

    public virtual IList<long> GetLongList(string path) => GetValue(path)?.GetLongList() ?? [];

    public virtual IList<float> GetFloatList(string path) => GetValue(path)?.GetFloatList() ?? [];

    public virtual IList<double> GetDoubleList(string path) => GetValue(path)?.GetDoubleList() ?? [];

    public virtual IList<decimal> GetDecimalList(string path) => GetValue(path)?.GetDecimalList() ?? [];

    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable()
    {
        if (!_merged.IsObject())
            yield break;
        foreach (KeyValuePair<string, HoconValue> item in _merged.GetObject().Items)
            yield return item;
    }

    public override string ToString() => _merged.ToString();

    protected Config Copy(Config fallback = null) => new(this, fallback);

    private static HoconValue EmptyValue()
    {
        HoconValue value = new();
        value.NewValue(new HoconObject());
        return value;
    }
}

namespace Akka.Util;

/// <summary>A version of an application: numbers separated by dots, then an optional <c>-rest</c>; compared number by number.</summary>
public class AppVersion : IComparable<AppVersion>, IEquatable<AppVersion>
{
    public static readonly AppVersion Zero = Create("0.0.0");

    private readonly int[] _numbers;
    private readonly string _rest;

    private AppVersion(string version, int[] numbers, string rest)
    {
        Version = version;
        _numbers = numbers;
        _rest = rest;
    }

    public string Version { get; }

    public static AppVersion Create(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        int cut = version.IndexOfAny(['-', '+']);
        string head = cut < 0 ? version : version[..cut];
        List<int> numbers = [];
        foreach (string part in head.Split('.'))
        {
            if (!int.TryParse(part, out int number))
                return new AppVersion(version, [], version);
            numbers.Add(number);
        }

        return new AppVersion(version, [.. numbers], cut < 0 ? "" : version[cut..]);
    }

    public int CompareTo(AppVersion other)
    {
        if (other is null)
            return 1;
        for (int i = 0; i < Math.Max(_numbers.Length, other._numbers.Length); i++)
        {
            int result = (i < _numbers.Length ? _numbers[i] : 0).CompareTo(i < other._numbers.Length ? other._numbers[i] : 0);
            if (result != 0)
                return result;
        }

        // 1.0 comes after 1.0-beta: no rest is the finished version.
        if (_rest.Length == 0 || other._rest.Length == 0)
            return other._rest.Length.CompareTo(_rest.Length);
        return string.CompareOrdinal(_rest, other._rest);
    }

    public bool Equals(AppVersion other) => other is not null && Version == other.Version;

    public override bool Equals(object obj) => Equals(obj as AppVersion);

    public override int GetHashCode() => Version.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Version;
}

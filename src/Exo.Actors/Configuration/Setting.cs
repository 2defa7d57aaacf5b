using System.Collections.Immutable;

namespace Exo.Actors.Configuration;

/// <summary>One key of <c>reference.conf</c> below <c>exo</c>, with the names that it has elsewhere.</summary>
/// <param name="Key">Its full name, as <c>exo.ring.sessions</c>.</param>
/// <param name="Kind">What its value must look like.</param>
public sealed record Setting(string Key, SettingKind Kind)
{
    /// <summary>The environment variable that sets it.</summary>
    public string Variable { get; init; } = VariableOf(Key);

    /// <summary>The option of <c>exo up</c> that sets it; null = none does.</summary>
    public string? Option { get; init; }

    /// <summary>True for what is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The smallest whole number allowed.</summary>
    public long Least { get; init; } = long.MinValue;

    /// <summary>The largest whole number allowed.</summary>
    public long Most { get; init; } = long.MaxValue;

    /// <summary>The words allowed for <see cref="SettingKind.Choice"/>.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>What its value must look like, in words.</summary>
    public string Expected => Kind switch
    {
        SettingKind.Text => "a text",
        SettingKind.Integer => (Least, Most) switch
        {
            (long.MinValue, long.MaxValue) => "a whole number",
            (_, long.MaxValue) => FormattableString.Invariant($"a whole number from {Least}"),
            _ => FormattableString.Invariant($"a whole number from {Least} to {Most}"),
        },
        SettingKind.Switch => "on or off",
        SettingKind.Duration => "a time, as 700ms or 2s",
        SettingKind.DurationOrOff => "a time, as 700ms or 2s, or off",
        SettingKind.Size => "bytes, as 64MiB",
        SettingKind.Address => "HOST:PORT",
        SettingKind.List => "a list of texts",
        SettingKind.Choice => string.Join(" or ", Choices),
        _ => throw new System.Diagnostics.UnreachableException(Kind.ToString()),
    };

    private static string VariableOf(string key) => key.Replace('.', '_').Replace('-', '_').ToUpperInvariant();
}

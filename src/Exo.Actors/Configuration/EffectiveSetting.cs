namespace Exo.Actors.Configuration;

/// <summary>A value that counts, and where it comes from.</summary>
/// <param name="Key">Its full name.</param>
/// <param name="Text">The value as it is written; items of a list with commas between them.</param>
/// <param name="Layer">Where it comes from.</param>
/// <param name="Origin">The same for people: a file with line and column, a variable, an option, or <c>default</c>.</param>
public sealed record EffectiveSetting(string Key, string Text, SettingLayer Layer, string Origin)
{
    /// <summary>What may be shown of the value.</summary>
    public string Shown => SettingCatalog.Find(Key) is { IsSecret: true } && Text.Length > 0 ? "(hidden)" : Text;
}

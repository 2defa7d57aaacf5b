namespace Exo.Actors.Configuration;

/// <summary>The user's configuration.</summary>
/// <param name="Path">Where it lies; named in messages.</param>
/// <param name="Text">HOCON.</param>
public sealed record UserFile(string Path, string Text);

namespace Exo.Engine.Tokens.Cutting;

/// <summary>A piece of text on its way to the model.</summary>
/// <param name="Text">The piece, which steps may have rewritten; never empty.</param>
/// <param name="AtStart">Whether the whole text begins with it.</param>
internal readonly record struct Word(string Text, bool AtStart);

namespace Exo.Engine.Outputs;

/// <summary>An argument that a model wrote as text.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Text">Its value.</param>
/// <param name="IsText">Whether the model says that it is text; null where the format does not tell, so that the tool's schema decides.</param>
internal readonly record struct ArgumentField(string Key, string Text, bool? IsText = null);

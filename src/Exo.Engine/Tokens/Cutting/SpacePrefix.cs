namespace Exo.Engine.Tokens.Cutting;

/// <summary>Where a tokenizer puts a space that the text does not have.</summary>
internal enum SpacePrefix
{
    None,

    /// <summary>Before the text, unless it begins with an added token.</summary>
    First,

    /// <summary>Before the text and after each added token.</summary>
    Always,
}

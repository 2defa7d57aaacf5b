namespace Exo.Engine.Tokens.Cutting;

/// <summary>Classes of a code point as the patterns of tokenizers name them.</summary>
[Flags]
internal enum RuneKind
{
    None = 0,

    /// <summary>Any letter.</summary>
    Letter = 1,

    /// <summary>Any digit or number.</summary>
    Number = 2,

    /// <summary>White space.</summary>
    Space = 4,

    /// <summary>CR or LF; white space too.</summary>
    NewLine = 8,

    /// <summary>Combining mark.</summary>
    Mark = 16,

    Punctuation = 32,

    Symbol = 64,

    /// <summary>May begin a capitalised word: letters but small ones, and marks.</summary>
    Upper = 128,

    /// <summary>May go on in a word: letters but capital ones, and marks.</summary>
    Lower = 256,
}

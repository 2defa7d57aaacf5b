namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>What a token is for. The numbers are those of GGUF's tokenizer.ggml.token_type.</summary>
internal enum TokenKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

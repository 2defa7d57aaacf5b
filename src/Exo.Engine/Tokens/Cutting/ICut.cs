namespace Exo.Engine.Tokens.Cutting;

/// <summary>One step of a pre-tokenizer.</summary>
internal interface ICut
{
    /// <summary>Adds the pieces of one piece, in order.</summary>
    void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces);
}

namespace Exo.Engine.Tokens.Cutting;

/// <summary>Cuts after so many characters.</summary>
internal sealed class LengthCut(int length) : ICut
{
    public void Cut(RuneText text, int start, int end, List<(int Start, int End)> pieces)
    {
        for (int at = start; at < end;)
        {
            int next = end - at > length ? at + length : end;
            pieces.Add((at, next));
            at = next;
        }
    }
}

namespace Exo.Engine.Decoding;

/// <summary>Some rows of a matrix.</summary>
internal sealed unsafe class RowWindow(StoredRows whole, int start, int count) : StoredRows(whole.Format, count, whole.Columns)
{
    public override void Copy(int first, int number, byte* to, long stride) => whole.Copy(start + first, number, to, stride);
}

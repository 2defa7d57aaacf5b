using Exo.Engine.Formats;

namespace Exo.Engine.Decoding;

/// <summary>Rows that lie in several places of a file, each as the others are stored.</summary>
internal sealed unsafe class SpannedRows : StoredRows
{
    private readonly StoredRows[] _spans;
    private readonly int[] _ends;

    /// <exception cref="NotSupportedException">The places store rows differently.</exception>
    public SpannedRows(StoredTensor tensor, int rows, int columns)
        : base(FormatOf(tensor with { Shape = [rows, columns] }), rows, columns)
    {
        _spans = new StoredRows[tensor.Spans.Length];
        _ends = new int[tensor.Spans.Length];
        (StoredTensor? last, StoredRows? source, int end) = (null, null, 0);
        for (int i = 0; i < _spans.Length; i++)
        {
            RowSpan span = tensor.Spans[i];
            if (!ReferenceEquals(span.Tensor, last))
            {
                (last, source) = (span.Tensor, Of(span.Tensor));
            }

            if (source!.Columns != columns || source.Format.RowBytes(columns) != Format.RowBytes(columns) || span.Tensor.Type != tensor.Type)
            {
                throw new NotSupportedException($"{span.Tensor.Name} is stored as {span.Tensor.Storage} {span.Tensor.ShapeText} and other parts of the matrix otherwise. Choose another file of the model.");
            }

            _spans[i] = source.Window(checked((int)span.First), checked((int)span.Count));
            _ends[i] = end = checked(end + (int)span.Count);
        }
    }

    public override void Copy(int first, int count, byte* to, long stride)
    {
        int at = Array.BinarySearch(_ends, first);
        for (at = at >= 0 ? at + 1 : ~at; count > 0; at++)
        {
            int taken = Math.Min(count, _ends[at] - first);
            _spans[at].Copy(first - (_ends[at] - _spans[at].Rows), taken, to, stride);
            first += taken;
            count -= taken;
            to += taken * stride;
        }
    }
}

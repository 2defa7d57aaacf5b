using System.Collections.Immutable;

namespace Exo.Engine.Formats;

/// <summary>Rows that lie one after the other in a tensor of a file.</summary>
/// <param name="Tensor">[rows, columns]</param>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RowSpan(StoredTensor Tensor, long First, long Count)
{
    /// <summary>Rows [first, first + count) of all that the spans hold.</summary>
    public static ImmutableArray<RowSpan> Window(ImmutableArray<RowSpan> spans, long first, long count)
    {
        ImmutableArray<RowSpan>.Builder window = ImmutableArray.CreateBuilder<RowSpan>();
        foreach (RowSpan span in spans)
        {
            long from = Math.Max(first, 0);
            long taken = Math.Min(span.Count, first + count) - from;
            if (taken > 0)
            {
                window.Add(new RowSpan(span.Tensor, span.First + from, taken));
            }

            first -= span.Count;
        }

        return window.ToImmutable();
    }
}

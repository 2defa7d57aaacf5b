namespace Exo.Engine.Kernels;

/// <summary>
/// Attention of one query head in the canon's order: spans of 512 absolute positions, each with its own maximum, weights and sums,
/// merged in ascending order.
/// </summary>
internal static unsafe class ScalarAttention
{
    public static void Column(in AttentionBlock block, int column, float* output, float* room)
    {
        KvLayout layout = block.Shape.Layout;
        int size = layout.ValueSize;
        float* scores = room;
        float* sums = room + KvLayout.PagePositions;
        float* lanes = sums + layout.ValueStride;
        float top = block.HasSinks ? block.Sink(column) : float.NegativeInfinity;
        float total = block.HasSinks ? 1 : 0;
        new Span<float>(output, layout.ValueStride).Clear();
        int first = block.First(column);
        int last = block.Last(column);
        for (int span = first / KvLayout.PagePositions; span <= last / KvLayout.PagePositions; span++)
        {
            byte* page = block.Pages[span];
            int start = span * KvLayout.PagePositions;
            int low = Math.Max(first - start, 0);
            int high = Math.Min(last - start, KvLayout.PagePositions - 1);
            float m = float.NegativeInfinity;
            for (int j = low; j <= high; j++)
            {
                scores[j] = Score(block, page, column, j);
                m = scores[j] > m ? scores[j] : m;
            }

            new Span<float>(lanes, 8).Clear();
            for (int j = low; j <= high; j++)
            {
                scores[j] = CanonicalMath.Exp(scores[j] - m);
                lanes[j & 7] += scores[j];
            }

            for (int d = 0; d < size; d++)
            {
                float sum = 0;
                for (int j = low; j <= high; j++)
                {
                    sum = MathF.FusedMultiplyAdd(KvStore.Value(layout, page, block.KvHead, j, d), scores[j], sum);
                }

                sums[d] = sum;
            }

            Merge(ref top, ref total, output, m, ScalarKernels.Tree8(lanes), sums, size);
        }

        for (int d = 0; d < size; d++)
        {
            output[d] /= total;
        }
    }

    private static float Score(in AttentionBlock block, byte* page, int column, int position)
    {
        KvLayout layout = block.Shape.Layout;
        float* q = block.Query(column);
        float sum = 0;
        for (int d = 0; d < layout.KeySize; d++)
        {
            sum = MathF.FusedMultiplyAdd(KvStore.Key(layout, page, block.KvHead, position, d), q[d], sum);
        }

        return Cap(sum * block.Shape.Scale, block.Shape.Softcap);
    }

    public static float Cap(float score, float cap) => cap == 0 ? score : cap * CanonicalMath.Tanh(score / cap);

    /// <summary>A span's sums count from +0 once more, so that masked positions, which add +0, cannot show in the sign of a zero.</summary>
    private static void Merge(ref float top, ref float total, float* output, float m, float l, float* sums, int size)
    {
        float highest = m > top ? m : top;
        float a = float.IsNegativeInfinity(top) ? 0 : CanonicalMath.Exp(top - highest);
        float b = CanonicalMath.Exp(m - highest);
        total = MathF.FusedMultiplyAdd(total, a, l * b);
        top = highest;
        for (int d = 0; d < size; d++)
        {
            output[d] = MathF.FusedMultiplyAdd(output[d], a, (sums[d] + 0f) * b);
        }
    }
}

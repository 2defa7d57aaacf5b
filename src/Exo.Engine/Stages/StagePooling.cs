using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>The last unit of an encoder: one vector of each row's hidden states, for the rows that want it.</summary>
internal sealed unsafe class StagePooling(ModelSpec spec)
{
    public void Forward(LayerStep step, StageBatch batch)
    {
        int size = spec.EmbeddingSize;
        fixed (float* vectors = batch.LogitsRoom(size))
        {
            for (int r = 0; r < batch.RowCount; r++)
            {
                ref StageBatch.Row row = ref batch.RowAt(r);
                if (row.LogitsCount > 0)
                {
                    Pool(step, row, vectors + ((long)row.FirstLogits * size));
                }
            }
        }
    }

    private void Pool(LayerStep step, in StageBatch.Row row, float* vector)
    {
        int size = spec.EmbeddingSize;
        float* first = step.Hidden + ((long)row.FirstToken * size);
        int chosen = spec.Pooling == Pooling.Last ? row.Count - 1 : 0;
        new Span<float>(first + ((long)chosen * size), size).CopyTo(new Span<float>(vector, size));
        if (spec.Pooling == Pooling.Mean)
        {
            for (int t = 1; t < row.Count; t++)
            {
                step.Kernels.Add(vector, first + ((long)t * size), vector, size);
            }

            step.Kernels.Scale(vector, 1f / row.Count, vector, size);
        }
    }
}

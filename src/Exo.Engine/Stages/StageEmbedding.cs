using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>The first unit: a row for each token times its scale; where the model has them a row for the token type and one for the position; an encoder's norm.</summary>
internal sealed unsafe class StageEmbedding(ModelSpec spec, WeightLoader weights)
{
    private readonly EmbeddingRows _tokens = weights.Rows("token_embd.weight");
    private readonly EmbeddingRows? _types = spec.TokenTypes > 0 ? weights.Rows("token_types.weight") : null;
    private readonly EmbeddingRows? _positions = spec.LearnedPositions ? weights.Rows("position_embd.weight") : null;
    private readonly BlockNorm? _norm = spec.Pooling != Pooling.None ? new BlockNorm(spec, weights, "token_embd_norm") : null;

    public void Forward(LayerStep step, StageBatch batch)
    {
        float* row = step.Room(StepRoom.Normed, spec.EmbeddingSize);
        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row session = ref batch.RowAt(r);
            for (int t = 0; t < session.Count; t++)
            {
                float* token = step.Hidden + ((long)(session.FirstToken + t) * spec.EmbeddingSize);
                _tokens.Read(batch.Tokens[session.FirstToken + t], token);
                if (spec.EmbeddingScale != 1)
                {
                    step.Kernels.Scale(token, spec.EmbeddingScale, token, spec.EmbeddingSize);
                }

                // Sentences of a pair have types of their own; a text by itself is of the first.
                Add(step, _types, 0, row, token);
                Add(step, _positions, session.Position + t, row, token);
            }
        }

        _norm?.Forward(step, step.Hidden, step.Hidden);
    }

    private void Add(LayerStep step, EmbeddingRows? rows, int index, float* row, float* token)
    {
        if (rows is not null)
        {
            rows.Read(index, row);
            step.Kernels.Add(token, row, token, spec.EmbeddingSize);
        }
    }
}

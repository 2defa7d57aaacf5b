using Exo.Engine.Kernels;
using Exo.Engine.Models;

namespace Exo.Engine.Stages;

/// <summary>The last unit: norm, output matrix, scale and softcap of the logits, for the tokens that want them.</summary>
internal sealed unsafe class StageHead(ModelSpec spec, WeightLoader weights)
{
    private readonly BlockNorm _norm = new(spec, weights, "output_norm");
    private readonly WeightMatrix _output = weights.Matrix(spec.TiedOutput ? "token_embd.weight" : "output.weight");

    private readonly float* _bias = weights.OptionalVector("output.bias");

    public void Forward(LayerStep step, StageBatch batch)
    {
        if (batch.LogitsCount == 0)
        {
            return;
        }

        float* gathered = step.Room(StepRoom.Gathered, spec.EmbeddingSize);
        float* next = gathered;
        for (int r = 0; r < batch.RowCount; r++)
        {
            ref StageBatch.Row row = ref batch.RowAt(r);
            for (int t = row.FirstToken + row.Count - row.LogitsCount; t < row.FirstToken + row.Count; t++)
            {
                _norm.One(step, step.Hidden + ((long)t * spec.EmbeddingSize), next);
                next += spec.EmbeddingSize;
            }
        }

        Span<float> logits = batch.LogitsRoom(spec.VocabularySize);
        fixed (float* output = logits)
        {
            step.Kernels.Multiply(step.Pool, _output, gathered, batch.LogitsCount, output);
            for (int i = 0; _bias != null && i < batch.LogitsCount; i++)
            {
                step.Kernels.Add(output + ((long)i * spec.VocabularySize), _bias, output + ((long)i * spec.VocabularySize), spec.VocabularySize);
            }

            if (spec.LogitScale != 1)
            {
                step.Kernels.Scale(output, spec.LogitScale, output, logits.Length);
            }
        }

        if (spec.LogitSoftcap != 0)
        {
            foreach (ref float logit in logits)
            {
                logit = spec.LogitSoftcap * CanonicalMath.Tanh(logit / spec.LogitSoftcap);
            }
        }
    }
}

using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Checks that a file holds the tensors that its architecture uses, in the right shapes, and adds up what the units cost.</summary>
internal static class FootprintBuilder
{
    private const int BatchTokens = 512;

    /// <exception cref="ModelFileException">A tensor is missing or has another shape.</exception>
    public static ModelFootprint Build(ModelArchitecture architecture, ModelSpec spec, ModelTensors tensors, List<string> warnings)
    {
        long[] bytes = new long[spec.UnitCount];
        long[] flops = new long[spec.UnitCount];
        long[] read = new long[spec.UnitCount];
        KvShape?[] kv = new KvShape?[spec.UnitCount];
        long[] attention = new long[spec.UnitCount];
        long[] state = new long[spec.UnitCount];
        HashSet<string> used = [];
        foreach (TensorNeed need in architecture.Needs(spec))
        {
            if (tensors.Find(need.Name) is not { } tensor)
            {
                Count(need, need.Optional ? null : throw tensors.Missing(need.Name));
                continue;
            }

            used.UnionWith(tensor.Sources.Select(source => source.Name));
            if (need.Unit >= 0)
            {
                RequireShape(tensors, tensor, need);
                Count(need, tensor);
            }
        }

        if (spec.TiedOutput)
        {
            // Some folders hold the embedding a second time under the name of the output matrix.
            used.Add(tensors.NameInFile("output.weight"));
            StoredTensor embedding = tensors.Require("token_embd.weight");
            Count(new TensorNeed("output.weight", spec.LayerCount + 1, [spec.VocabularySize, spec.EmbeddingSize]), embedding);
        }

        for (int unit = 1; unit <= spec.LayerCount; unit++)
        {
            int stateFloats = spec.StateFloatsOf(unit - 1);
            if (stateFloats > 0)
            {
                // Now and kept; each float of state is faded, added to and read for a token.
                state[unit] = 2L * stateFloats * sizeof(float);
                flops[unit] += 6L * stateFloats;
                continue;
            }

            kv[unit] = new KvShape(spec.CacheHeads, spec.CacheKeySize, spec.CacheValueSize, spec.WindowOf(unit - 1));
            attention[unit] = 2L * spec.HeadCount * (spec.CacheKeySize + spec.CacheValueSize);
        }

        Unused(tensors, used, warnings);
        long floats = (3L * spec.EmbeddingSize) + (2L * (spec.HeadCount + spec.KvHeadCount) * spec.HeadSize) + (2L * spec.FeedForwardSize)
            + (spec.Recurrent is { } recurrent ? 3L * (recurrent.Channels + recurrent.InnerSize) : 0);
        return new ModelFootprint
        {
            UnitBytes = [.. bytes],
            KvShapes = [.. kv],
            StateBytes = [.. state],
            ScratchBytes = floats * sizeof(float) * BatchTokens,
            DecodeFlops = [.. flops],
            AttentionFlopsPerPosition = [.. attention],
            DecodeBytes = [.. read],
            HiddenSize = spec.EmbeddingSize,
        };

        void Count(TensorNeed need, StoredTensor? tensor)
        {
            if (tensor is null)
            {
                return;
            }

            if (need.Unit == 0 && need.IsMatrix)
            {
                long row = StoredRows.FormatOf(tensor).RowBytes(spec.EmbeddingSize);
                bytes[0] += tensor.Shape[0] * row;
                read[0] += row;
                return;
            }

            long size = need.IsMatrix ? MatrixBytes(tensor, need) : need.Shape.Aggregate((long)sizeof(float), (product, n) => product * n);
            bytes[need.Unit] += size;
            read[need.Unit] += (long)(size * need.Share);
            flops[need.Unit] += need.IsMatrix ? (long)(2 * need.Shape.Aggregate(1L, (product, n) => product * n) * need.Share) : 0;
        }
    }

    /// <summary>Memory of a matrix, or of several, once loaded.</summary>
    private static long MatrixBytes(StoredTensor tensor, TensorNeed need)
    {
        if (need.Heads is { } heads)
        {
            long count = tensor.Shape[0] / (heads.UnturnedSize + heads.ValueSize);
            StoredTensor into = new(tensor.Name, TensorType.F32, [heads.Rank, heads.UnturnedSize], 0, 0);
            return count * (WeightMatrix.BytesOf(into) + WeightMatrix.BytesOf(tensor with { Shape = [heads.ValueSize, heads.Rank] }));
        }

        return WeightMatrix.BytesOf(tensor);
    }

    private static void RequireShape(ModelTensors tensors, StoredTensor tensor, TensorNeed need)
    {
        if (!tensor.Shape.SequenceEqual(need.Shape))
        {
            throw tensors.Refuse(tensor, $"has the shape {tensor.ShapeText} where [{string.Join(", ", need.Shape)}] is needed. Metadata and tensors disagree: convert the model again.");
        }

        if (need.Shape.Any(size => size > int.MaxValue))
        {
            throw tensors.Refuse(tensor, $"is too large: {tensor.ShapeText}. Choose a smaller model.");
        }
    }

    private static void Unused(ModelTensors tensors, HashSet<string> used, List<string> warnings)
    {
        foreach (string name in tensors.Names.Where(name => !used.Contains(name)).Take(20))
        {
            warnings.Add($"the tensor {name} is not used by this architecture.");
        }
    }
}

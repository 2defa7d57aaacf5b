using System.Collections.Immutable;
using Exo.Engine.Formats;

namespace Exo.Engine.Models;

/// <summary>The tensors of a model, by their names in GGUF files ("blk.0.attn_q.weight"), whatever the file calls them.</summary>
internal abstract class ModelTensors
{
    /// <summary>The file or folder, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>Names in the file that no GGUF name leads to are given as they are.</summary>
    public abstract IEnumerable<string> Names { get; }

    public abstract StoredTensor? Find(string name);

    /// <summary>The tensor of that name in the file, as it is stored.</summary>
    public abstract StoredTensor? Stored(string nameInFile);

    public StoredTensor Require(string name) => Find(name) ?? throw Missing(name);

    /// <summary>How the file spells a name, for messages.</summary>
    public abstract string NameInFile(string name);

    public ModelFileException Missing(string name) =>
        new($"{Path}: the tensor {NameInFile(name)} is missing. The file is incomplete: download or convert the model again.");

    /// <summary>Some rows of a matrix, or of each of several, in another order.</summary>
    /// <param name="tensor">[.., rows, columns], or [rows].</param>
    /// <param name="total">The rows that it must have.</param>
    /// <param name="rows">Which of them, as first and count.</param>
    public StoredTensor Rows(StoredTensor tensor, long total, params IReadOnlyList<(long First, long Count)> rows) => Rows(Path, tensor, total, rows);

    /// <summary>The same for a tensor of any file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensor">[.., rows, columns], or [rows].</param>
    /// <param name="total">The rows that it must have.</param>
    /// <param name="rows">Which of them, as first and count.</param>
    public static StoredTensor Rows(string path, StoredTensor tensor, long total, params IReadOnlyList<(long First, long Count)> rows)
    {
        ImmutableArray<long> shape = tensor.Shape;
        int at = Math.Max(0, shape.Length - 2);
        if (shape.Length is 0 or > 3 || shape[at] != total)
        {
            throw new ModelFileException($"{path}: tensor {tensor.Name} has the shape {tensor.ShapeText}; config.json calls for {total} rows. Download the model again.");
        }

        StoredTensor[] parts = shape.Length switch
        {
            1 => [tensor with { Shape = [total, 1] }],
            2 => [tensor],
            _ => [.. Enumerable.Range(0, checked((int)shape[0])).Select(tensor.Part)],
        };
        long taken = rows.Sum(span => span.Count);
        return tensor with
        {
            Shape = shape.SetItem(at, taken),
            Bytes = tensor.Bytes / total * taken,
            Spans = [.. parts.SelectMany(part => rows.Select(span => new RowSpan(part, span.First, span.Count)))],
        };
    }

    /// <summary>Vectors of one length as the rows of a table.</summary>
    public StoredTensor Joined(IReadOnlyList<StoredTensor> vectors)
    {
        StoredTensor first = vectors[0];
        foreach (StoredTensor vector in vectors)
        {
            if (vector.Shape.Length != 1 || vector.Shape[0] != first.Shape[0] || vector.Type != first.Type)
            {
                throw Refuse(vector, $"is {vector.Type} {vector.ShapeText}, and {first.Name} is {first.Type} {first.ShapeText}; they belong together. Download the model again.");
            }
        }

        return first with
        {
            Shape = [vectors.Count, first.Shape[0]],
            Bytes = vectors.Sum(vector => vector.Bytes),
            Spans = [.. vectors.Select(vector => new RowSpan(vector with { Shape = [1, vector.Shape[0]] }, 0, 1))],
        };
    }

    /// <summary>Matrices of floats that the file holds as [.., columns, rows].</summary>
    public static StoredTensor Turned(StoredTensor tensor) =>
        tensor with { Turned = true, Shape = [.. tensor.Shape.SkipLast(2), tensor.Shape[^1], tensor.Shape[^2]] };

    public ModelFileException Refuse(StoredTensor tensor, string reason) => new($"{Path}: tensor {tensor.Name} {reason}");
}

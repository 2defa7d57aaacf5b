#nullable enable

namespace Exo.Testing.Published;

/// <summary>Floats with a shape, the slowest dimension first. A matrix is [outputs, inputs].</summary>
internal sealed record FloatTensor(float[] Data, int[] Shape)
{
    /// <summary>One tensor on top of the other along the slowest dimension.</summary>
    public static FloatTensor Above(params FloatTensor[] parts) =>
        new([.. parts.SelectMany(part => part.Data)], [parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]]);

    /// <summary>Tensors of one shape as a tensor with one dimension more.</summary>
    public static FloatTensor Stack(IReadOnlyList<FloatTensor> parts) =>
        new([.. parts.SelectMany(part => part.Data)], [parts.Count, .. parts[0].Shape]);

    /// <summary>Each matrix of a stack on top of the one of another stack.</summary>
    public FloatTensor Over(FloatTensor other) =>
        Stack([.. Enumerable.Range(0, Shape[0]).Select(i => Above(Part(i), other.Part(i)))]);

    /// <summary>Some of the slowest dimension.</summary>
    public FloatTensor Rows(int from, int count)
    {
        int width = Data.Length / Shape[0];
        return new(Data.AsSpan(from * width, count * width).ToArray(), [count, .. Shape[1..]]);
    }

    /// <summary>One of the slowest dimension, which goes.</summary>
    public FloatTensor Part(int index) => new(Rows(index, 1).Data, Shape[1..]);

    /// <summary>The two fastest dimensions swapped.</summary>
    public FloatTensor Turned()
    {
        (int rows, int columns) = (Shape[^2], Shape[^1]);
        float[] turned = new float[Data.Length];
        for (int i = 0; i < Data.Length; i++)
        {
            (int matrix, int row, int column) = (i / (rows * columns), i / columns % rows, i % columns);
            turned[(matrix * rows * columns) + (column * rows) + row] = Data[i];
        }

        return new(turned, [.. Shape[..^2], columns, rows]);
    }

    /// <summary>The rows of each head from the order in which adjacent ones turn together to that in which a row turns with the one half a head below.</summary>
    /// <param name="heads">Heads of the tensor.</param>
    public FloatTensor HalfPairs(int heads)
    {
        int size = Shape[0] / heads;
        return Above([.. Enumerable.Range(0, Shape[0]).Select(row => (Head: row / size, At: row % size))
            .Select(row => Rows((row.Head * size) + (row.At < size / 2 ? 2 * row.At : (2 * (row.At - (size / 2))) + 1), 1))]);
    }

    /// <summary>Every number less the given one, as families do that store what a norm's weights exceed 1 by.</summary>
    public FloatTensor Less(float number) => this with { Data = Array.ConvertAll(Data, value => value - number) };
}

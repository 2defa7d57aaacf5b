using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Models;

namespace Exo.Engine.Tests.Kernels;

/// <summary>Matrices whose rows lie elsewhere than their shape tells.</summary>
public sealed unsafe class RearrangedRowsTests
{
    [Theory]
    [InlineData(0, 40)]
    [InlineData(7, 11)]
    [InlineData(38, 2)]
    public void Rows_in_another_order_are_the_rows_that_were_asked_for(int first, int count)
    {
        float[] numbers = [.. Enumerable.Range(0, 40 * 3).Select(i => (float)i)];
        fixed (float* data = numbers)
        {
            StoredTensor stored = new("m", TensorType.F32, [40, 3], (nint)data, numbers.Length * sizeof(float));
            StoredTensor mixed = ModelTensors.Rows("somewhere", stored, 40, (30, 10), (0, 3), (3, 27));

            Assert.Equal("[40, 3]", mixed.ShapeText);
            Assert.Equal(["m"], mixed.Sources.Select(source => source.Name));
            int[] order = [.. Enumerable.Range(30, 10), .. Enumerable.Range(0, 30)];
            Assert.Equal(order.Skip(first).Take(count).SelectMany(row => numbers.Skip(row * 3).Take(3)), Read(StoredRows.Of(mixed), first, count));
        }
    }

    [Fact]
    public void Halves_of_several_matrices_are_taken_from_each()
    {
        float[] numbers = [.. Enumerable.Range(0, 2 * 6 * 2).Select(i => (float)i)];
        fixed (float* data = numbers)
        {
            StoredTensor stored = new("m", TensorType.F32, [2, 6, 2], (nint)data, numbers.Length * sizeof(float));
            StoredTensor lower = ModelTensors.Rows("somewhere", stored, 6, (3, 3));

            Assert.Equal("[2, 3, 2]", lower.ShapeText);
            Assert.Equal(48, lower.Bytes);
            Assert.Equal([6, 7, 8, 9, 10, 11], Read(StoredRows.Of(lower.Part(0)), 0, 3));
            Assert.Equal([18, 19, 20, 21, 22, 23], Read(StoredRows.Of(lower.Part(1)), 0, 3));
        }
    }

    [Fact]
    public void Another_number_of_rows_is_refused()
    {
        StoredTensor stored = new("m", TensorType.F32, [4, 2], 0, 32);
        Assert.Contains("calls for 6 rows", Assert.Throws<ModelFileException>(() => ModelTensors.Rows("somewhere", stored, 6, (0, 6))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.BF16)]
    public void A_transposed_matrix_is_read_as_its_shape_tells(TensorType type)
    {
        byte[] bytes = new byte[5 * 3 * sizeof(float)];
        int size = type == TensorType.F32 ? sizeof(float) : sizeof(ushort);
        for (int i = 0; i < 15; i++)
        {
            int bits = BitConverter.SingleToInt32Bits(i) >> (type == TensorType.F32 ? 0 : 16);
            BitConverter.GetBytes(bits).AsSpan(0, size).CopyTo(bytes.AsSpan(i * size));
        }

        fixed (byte* data = bytes)
        {
            StoredTensor turned = ModelTensors.Turned(new StoredTensor("m", type, [5, 3], (nint)data, 15 * size));

            Assert.Equal("[3, 5]", turned.ShapeText);
            Assert.Equal([1, 4, 7, 10, 13, 2, 5, 8, 11, 14], Read(StoredRows.Of(turned), 1, 2));
            Assert.Throws<InvalidOperationException>(() => (nint)turned.Data);
        }
    }

    private static float[] Read(StoredRows rows, int first, int count)
    {
        float[] read = new float[count * rows.Columns];
        for (int done = 0; done < count; done += 16)
        {
            int some = Math.Min(16, count - done);
            long bytes = rows.Format.RowBytes(rows.Columns);
            byte[] room = new byte[some * bytes];
            fixed (byte* stored = room)
            fixed (float* y = read)
            {
                rows.Copy(first + done, some, stored, bytes);
                for (int r = 0; r < some; r++)
                {
                    rows.Format.Decode(stored + (r * bytes), 0, rows.Columns, y + ((done + r) * rows.Columns));
                }
            }
        }

        return read;
    }
}

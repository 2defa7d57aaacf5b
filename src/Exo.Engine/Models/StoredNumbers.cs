using Exo.Engine.Formats;

namespace Exo.Engine.Models;

/// <summary>Looks for NaN and infinities in stored numbers: one of them would spoil every answer without a word.</summary>
internal static unsafe class StoredNumbers
{
    /// <exception cref="ModelFileException">A number, or a block's scale, is not finite.</exception>
    public static void RequireFinite(ModelTensors tensors, StoredTensor tensor)
    {
        bool finite = tensor.Type switch
        {
            TensorType.F32 => FiniteWords((uint*)tensor.Data, tensor.Bytes / 4),
            TensorType.F16 => FiniteHalves(tensor.Data, 2, tensor.Bytes / 2, 0x7C00),
            TensorType.BF16 => FiniteHalves(tensor.Data, 2, tensor.Bytes / 2, 0x7F80),
            TensorType.Q4_0 => FiniteHalves(tensor.Data, 18, tensor.Bytes / 18, 0x7C00),
            TensorType.Q5_0 => FiniteHalves(tensor.Data, 22, tensor.Bytes / 22, 0x7C00),
            TensorType.Q8_0 => FiniteHalves(tensor.Data, 34, tensor.Bytes / 34, 0x7C00),
            TensorType.Q4_1 => FiniteHalves(tensor.Data, 20, tensor.Bytes / 20, 0x7C00) && FiniteHalves(tensor.Data + 2, 20, tensor.Bytes / 20, 0x7C00),
            TensorType.Q5_1 => FiniteHalves(tensor.Data, 24, tensor.Bytes / 24, 0x7C00) && FiniteHalves(tensor.Data + 2, 24, tensor.Bytes / 24, 0x7C00),
            TensorType.Q2_K => FiniteHalves(tensor.Data + 80, 84, tensor.Bytes / 84, 0x7C00) && FiniteHalves(tensor.Data + 82, 84, tensor.Bytes / 84, 0x7C00),
            TensorType.Q3_K => FiniteHalves(tensor.Data + 108, 110, tensor.Bytes / 110, 0x7C00),
            TensorType.Q4_K => FiniteHalves(tensor.Data, 144, tensor.Bytes / 144, 0x7C00) && FiniteHalves(tensor.Data + 2, 144, tensor.Bytes / 144, 0x7C00),
            TensorType.Q5_K => FiniteHalves(tensor.Data, 176, tensor.Bytes / 176, 0x7C00) && FiniteHalves(tensor.Data + 2, 176, tensor.Bytes / 176, 0x7C00),
            TensorType.Q6_K => FiniteHalves(tensor.Data + 208, 210, tensor.Bytes / 210, 0x7C00),
            _ => throw tensors.Refuse(tensor, $"is stored as {tensor.Type}, where floating-point weights are needed. Convert the model to another format, such as Q8_0."),
        };
        if (!finite)
        {
            throw tensors.Refuse(tensor, "holds a NaN or an infinity: its numbers are not finite. The file is damaged: download or convert the model again.");
        }
    }

    private static bool FiniteWords(uint* words, long count)
    {
        uint bad = 0;
        for (long i = 0; i < count; i++)
        {
            // The exponent of all ones carries into the sign's place.
            bad |= (words[i] & 0x7FFFFFFF) + 0x00800000;
        }

        return (bad & 0x80000000) == 0;
    }

    private static bool FiniteHalves(byte* data, int stride, long count, int exponent)
    {
        int bad = 0;
        int lowest = exponent & -exponent;
        for (long i = 0; i < count; i++, data += stride)
        {
            bad |= (*(ushort*)data & 0x7FFF) + lowest;
        }

        return (bad & 0x8000) == 0;
    }
}

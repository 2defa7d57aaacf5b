using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>Looks for NaN and infinities in stored numbers: one of them would spoil every answer without a word.</summary>
internal static unsafe class StoredNumbers
{
    private const int BlocksAtOnce = 1 << 16;

    /// <exception cref="ModelFileException">A number, or a block's scale, is not finite.</exception>
    public static void RequireFinite(ModelTensors tensors, StoredTensor tensor)
    {
        if (!tensor.Spans.IsEmpty)
        {
            foreach (StoredTensor source in tensor.Sources)
            {
                RequireFinite(tensors, source);
            }

            return;
        }

        if (tensor.Packed is { } packed)
        {
            RequireFinite(tensors, packed);
            return;
        }

        if (!Dequantise.Supports(tensor.Type))
        {
            throw tensors.Refuse(tensor, $"is stored as {tensor.Type}, where floating-point weights are needed. Convert the model to another format, such as Q8_0.");
        }

        tensor.Type.TryBlock(out int elements, out int bytes);
        byte* data = (byte*)tensor.Address;
        for (long done = 0, blocks = tensor.Bytes / bytes; done < blocks; done += BlocksAtOnce)
        {
            int count = (int)Math.Min(BlocksAtOnce, blocks - done);
            if (!WeightCheck.IsFinite(tensor.Type, data + (done * bytes), count * elements))
            {
                throw NotFinite(tensors, tensor);
            }
        }
    }

    private static void RequireFinite(ModelTensors tensors, PackedWeights packed)
    {
        foreach (StoredTensor part in packed.Parts.Where(part => part.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16))
        {
            RequireFinite(tensors, part);
        }

        // Codes and scales of eight bits that mean no number.
        bool floats = packed.Scheme is PackedScheme.Fp8 or PackedScheme.Mxfp8;
        RequireNone(tensors, packed.Codes, floats, 0x7f, 0x7f);
        if (packed.Scheme == PackedScheme.Fp8E5M2)
        {
            RequireNone(tensors, packed.Codes, true, 0x7c, 0x7c);
        }

        RequireNone(tensors, packed.Scales, packed.Scales.Type == TensorType.I8, packed.Scheme == PackedScheme.Nvfp4 ? 0x7f : 0xff, packed.Scheme == PackedScheme.Nvfp4 ? 0x7f : 0xff);
    }

    private static void RequireNone(ModelTensors tensors, StoredTensor tensor, bool wanted, int mask, int bad)
    {
        if (!wanted)
        {
            return;
        }

        bool found = false;
        for (long i = 0; i < tensor.Bytes; i++)
        {
            found |= (tensor.Data[i] & mask) == bad;
        }

        if (found)
        {
            throw NotFinite(tensors, tensor);
        }
    }

    private static ModelFileException NotFinite(ModelTensors tensors, StoredTensor tensor) =>
        tensors.Refuse(tensor, "holds a NaN or an infinity: its numbers are not finite. The file is damaged: download or convert the model again.");
}

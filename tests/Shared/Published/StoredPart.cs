#nullable enable

using System.Runtime.InteropServices;

namespace Exo.Testing.Published;

/// <summary>A tensor as a safetensors file holds it.</summary>
internal sealed record StoredPart(string Name, string Type, int[] Shape, byte[] Bytes)
{
    private const int Group = 32;
    private const int Bits = 4;
    private const int PerWord = 32 / Bits;

    public static StoredPart Of(string name, FloatTensor tensor) => new(name, "F32", tensor.Shape, MemoryMarshal.AsBytes(tensor.Data.AsSpan()).ToArray());

    /// <summary>A matrix, or several, in affine codes: a scale and a bias for each group of a row. Other tensors stay as they are.</summary>
    public static IEnumerable<StoredPart> Quantised(string name, FloatTensor tensor, PublishedPacking packing)
    {
        if (tensor.Shape.Length < 2 || tensor.Shape[^1] % Group != 0 || !name.EndsWith(".weight", StringComparison.Ordinal))
        {
            return [Of(name, tensor)];
        }

        uint[] words = new uint[tensor.Data.Length / PerWord];
        float[] scales = new float[tensor.Data.Length / Group];
        float[] biases = new float[scales.Length];
        float[] rounded = new float[tensor.Data.Length];
        for (int g = 0; g < scales.Length; g++)
        {
            ReadOnlySpan<float> group = tensor.Data.AsSpan(g * Group, Group);
            (float low, float high) = (group[0], group[0]);
            foreach (float number in group)
            {
                (low, high) = (Math.Min(low, number), Math.Max(high, number));
            }

            (biases[g], scales[g]) = (low, (high - low) / ((1 << Bits) - 1));
            for (int i = 0; i < Group; i++)
            {
                int at = (g * Group) + i;
                uint code = scales[g] == 0 ? 0 : (uint)Math.Clamp(MathF.Round((group[i] - low) / scales[g]), 0, (1 << Bits) - 1);
                words[at / PerWord] |= code << (at % PerWord * Bits);
                rounded[at] = (scales[g] * code) + low;
            }
        }

        if (packing == PublishedPacking.Rounded)
        {
            return [Of(name, new FloatTensor(rounded, tensor.Shape))];
        }

        string stem = name[..^".weight".Length];
        int[] groups = [.. tensor.Shape[..^1], tensor.Shape[^1] / Group];
        return
        [
            new(name, "U32", [.. tensor.Shape[..^1], tensor.Shape[^1] / PerWord], MemoryMarshal.AsBytes(words.AsSpan()).ToArray()),
            Of(stem + ".scales", new FloatTensor(scales, groups)),
            Of(stem + ".biases", new FloatTensor(biases, groups)),
        ];
    }
}

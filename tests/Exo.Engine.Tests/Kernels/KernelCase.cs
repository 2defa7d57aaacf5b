using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Kernels;

/// <summary>Seeded inputs for kernels and the tiers of this machine.</summary>
internal static unsafe class KernelCase
{
    /// <summary>The tiers that this machine can run.</summary>
    public static KernelTier[] Tiers { get; } =
        [KernelTier.Scalar, .. KernelTiers.HasAvx2 ? [KernelTier.Avx2] : Array.Empty<KernelTier>(), .. KernelTiers.HasVnni ? [KernelTier.AvxVnni] : Array.Empty<KernelTier>(), .. KernelTiers.HasAvx512 ? [KernelTier.Avx512] : Array.Empty<KernelTier>()];

    public static NativeBuffer Gaussian(int seed, long count, float size = 1)
    {
        NativeBuffer buffer = new(count * 4);
        Random random = new(seed);
        for (long i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            buffer.Floats[i] = (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())) * size;
        }

        return buffer;
    }

    /// <summary>Random file bytes of a matrix whose scales are ordinary numbers.</summary>
    public static NativeBuffer Weights(int seed, TensorType type, int rows, int columns, byte? constant = null)
    {
        long bytes = rows * type.RowBytes(columns);
        NativeBuffer buffer = new(bytes);
        Random random = new(seed);
        for (long i = 0; i < bytes; i++)
        {
            buffer.Pointer[i] = constant ?? (byte)random.Next(256);
        }

        type.TryBlock(out _, out int blockBytes);
        for (long at = 0; at < bytes; at += blockBytes)
        {
            Tame(random, type, buffer.Pointer + at);
        }

        return buffer;
    }

    private static void Tame(Random random, TensorType type, byte* block)
    {
        switch (type)
        {
            case TensorType.F32:
                *(float*)block = (float)(random.NextDouble() - 0.5);
                break;
            case TensorType.BF16:
                *(ushort*)block = (ushort)(BitConverter.SingleToUInt32Bits((float)(random.NextDouble() - 0.5)) >> 16);
                break;
            case TensorType.F16:
                *(ushort*)block = Half(random.NextDouble() - 0.5);
                break;
            case TensorType.Q6_K:
                *(ushort*)(block + 208) = Half(random.NextDouble() * 0.01);
                break;
            case TensorType.MXFP4:
                *block = (byte)random.Next(115, 125);
                break;
            case TensorType.IQ1_M:
                ulong words = *(ulong*)(block + 48) & 0x0fff0fff0fff0fff;
                ulong half = Half(random.NextDouble() * 0.01);
                *(ulong*)(block + 48) = words | ((half & 15) << 12) | ((half & 0xf0) << 24) | ((half & 0xf00) << 36) | ((half & 0xf000) << 48);
                break;
            case TensorType.Q2_K:
                *(ushort*)(block + 80) = Half(random.NextDouble() * 0.01);
                *(ushort*)(block + 82) = Half(random.NextDouble() * 0.01);
                break;
            case TensorType.Q3_K:
                *(ushort*)(block + 108) = Half(random.NextDouble() * 0.01);
                break;
            case TensorType.TQ1_0:
                *(ushort*)(block + 52) = Half(random.NextDouble() * 0.01);
                break;
            case TensorType.TQ2_0:
                *(ushort*)(block + 64) = Half(random.NextDouble() * 0.01);
                break;
            case TensorType.Q4_K:
            case TensorType.Q5_K:
            case TensorType.Q4_1:
            case TensorType.Q5_1:
                *(ushort*)block = Half(random.NextDouble() * 0.01);
                *(ushort*)(block + 2) = Half(random.NextDouble() * 0.01);
                break;
            default:
                *(ushort*)block = Half((random.NextDouble() - 0.5) * 0.1);
                break;
        }
    }

    private static ushort Half(double value) => BitConverter.HalfToUInt16Bits((Half)value);

    public static void SameBits(float* expected, float* actual, long count, string what)
    {
        for (long i = 0; i < count; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"{what}: element {i} of {count} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels;

/// <summary>Activations to signed bytes: d = m/127, q = roundToEven(x · 127/m), m by integer comparison of the bits.</summary>
internal static unsafe class Avx2Quantiser
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Block32(float* x, sbyte* q, float* scale)
    {
        Vector256<float> x0 = Avx.LoadVector256(x);
        Vector256<float> x1 = Avx.LoadVector256(x + 8);
        Vector256<float> x2 = Avx.LoadVector256(x + 16);
        Vector256<float> x3 = Avx.LoadVector256(x + 24);
        Vector256<int> m = Vector256.Create(0x7fffffff);
        Vector256<int> largest = Avx2.Max(
            Avx2.Max(Avx2.And(x0.AsInt32(), m), Avx2.And(x1.AsInt32(), m)),
            Avx2.Max(Avx2.And(x2.AsInt32(), m), Avx2.And(x3.AsInt32(), m)));
        if (!Scale(largest, scale, out float inverse))
        {
            Vector256<sbyte>.Zero.Store(q);
            return int.MinValue;
        }

        Vector256<sbyte> r = Pack(x0, x1, x2, x3, Vector256.Create(inverse));
        r.Store(q);
        return Vector256.Sum(Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256<byte>.One, r), Vector256<short>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Block256(float* x, sbyte* q, float* scale, short* sums16, short* sums32)
    {
        Vector256<int> m = Vector256.Create(0x7fffffff);
        Vector256<int> largest = Vector256<int>.Zero;
        for (int i = 0; i < 256; i += 8)
        {
            largest = Avx2.Max(largest, Avx2.And(Avx.LoadVector256((int*)x + i), m));
        }

        if (!Scale(largest, scale, out float inverse))
        {
            new Span<sbyte>(q, 256).Clear();
            new Span<short>(sums16, 16).Clear();
            new Span<short>(sums32, 8).Clear();
            return false;
        }

        Vector256<float> factor = Vector256.Create(inverse);
        for (int i = 0; i < 256; i += 32)
        {
            Vector256<sbyte> r = Pack(Avx.LoadVector256(x + i), Avx.LoadVector256(x + i + 8), Avx.LoadVector256(x + i + 16), Avx.LoadVector256(x + i + 24), factor);
            r.Store(q + i);
            Vector256<short> pairs = Avx2.MultiplyAddAdjacent(Vector256<byte>.One, r);
            short low = Vector128.Sum(pairs.GetLower());
            short high = Vector128.Sum(pairs.GetUpper());
            sums16[i / 16] = low;
            sums16[(i / 16) + 1] = high;
            sums32[i / 32] = (short)(low + high);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Pack(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, Vector256<float> factor)
    {
        Vector256<short> low = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(Avx.Multiply(a, factor)), Avx.ConvertToVector256Int32(Avx.Multiply(b, factor)));
        Vector256<short> high = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(Avx.Multiply(c, factor)), Avx.ConvertToVector256Int32(Avx.Multiply(d, factor)));
        return Avx2.PermuteVar8x32(Avx2.PackSignedSaturate(low, high).AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Scale(Vector256<int> largest, float* scale, out float inverse)
    {
        Vector128<int> h = Sse41.Max(largest.GetLower(), largest.GetUpper());
        h = Sse41.Max(h, Sse2.Shuffle(h, 0x4E));
        int bits = Math.Max(h[0], h[1]);
        *scale = 0;
        inverse = 0;
        if (bits is >= (27 << 23) and < 0x7f800000)
        {
            float magnitude = BitConverter.Int32BitsToSingle(bits);
            *scale = magnitude / 127f;
            inverse = 127f / magnitude;
        }

        return bits < 0x7f800000;
    }
}

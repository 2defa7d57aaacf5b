using Exo.Engine.Memory;

namespace Exo.Engine.KvCaches;

/// <summary>The states of one session in the recurrent layers of one slice, and a copy of them at an earlier length.</summary>
internal sealed unsafe class RecurrentState : IDisposable
{
    private readonly long[] _offsets;
    private readonly NativeBuffer? _current;
    private readonly NativeBuffer? _kept;

    public RecurrentState(ReadOnlySpan<int> floats)
    {
        _offsets = new long[floats.Length];
        long sum = 0;
        for (int i = 0; i < floats.Length; i++)
        {
            _offsets[i] = sum;
            sum += floats[i];
        }

        if (sum > 0)
        {
            _current = new NativeBuffer(sum * sizeof(float));
            _kept = new NativeBuffer(sum * sizeof(float));
            GoTo(0);
        }
    }

    /// <summary>Memory of both, for layers of some floats.</summary>
    public static long BytesOf(ReadOnlySpan<int> floats)
    {
        long sum = 0;
        foreach (int count in floats)
        {
            sum += count;
        }

        return 2 * sum * sizeof(float);
    }

    /// <summary>Memory of both.</summary>
    public long Bytes => _current is null ? 0 : _current.Bytes + _kept!.Bytes;

    /// <summary>Tokens behind which the copy was made; 0 = there is none.</summary>
    public int KeptLength { get; private set; }

    public float* Of(int layer) => _current!.Floats + _offsets[layer];

    public void Keep(int length)
    {
        if (_current is not null)
        {
            Buffer.MemoryCopy(_current.Pointer, _kept!.Pointer, _kept.Bytes, _current.Bytes);
            KeptLength = length;
        }
    }

    /// <summary>Takes the copy back, or begins anew at 0.</summary>
    public void GoTo(int length)
    {
        if (_current is null)
        {
            return;
        }

        if (length > 0)
        {
            Buffer.MemoryCopy(_kept!.Pointer, _current.Pointer, _current.Bytes, _kept.Bytes);
        }
        else
        {
            new Span<byte>(_current.Pointer, checked((int)_current.Bytes)).Clear();
            KeptLength = 0;
        }
    }

    public void Dispose()
    {
        _current?.Dispose();
        _kept?.Dispose();
    }
}

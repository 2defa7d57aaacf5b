using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Akka.Remote.Transport;

/// <summary>A pooled buffer that frames are written into; numbers are little-endian, lengths and ids base-128.</summary>
internal sealed class FrameBuffer : IDisposable
{
    private byte[] _bytes;

    public FrameBuffer(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = length;

    /// <summary>Gives a large buffer back once a burst is over.</summary>
    public void Shrink(int capacity)
    {
        Length = 0;
        if (_bytes.Length <= capacity * 2)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <summary>Begins a frame; its length is filled in by <see cref="EndFrame"/>.</summary>
    public int BeginFrame(FrameKind kind)
    {
        int start = Length;
        WriteInt32(0);
        WriteByte((byte)kind);
        return start;
    }

    /// <param name="start">What <see cref="BeginFrame"/> returned.</param>
    /// <param name="payloadToFollow">Bytes of the frame that are sent after this buffer.</param>
    public void EndFrame(int start, int payloadToFollow = 0)
        => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), Length - start - sizeof(int) + payloadToFollow);

    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void WriteInt32(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(int);
    }

    public void WriteInt64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    public void WriteVarint(uint value)
    {
        Reserve(5);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    public void WriteText(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        WriteVarint((uint)bytes);
        Reserve(bytes);
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length >= count)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Akka.Remote.Transport;

/// <summary>Reads a frame's body; whatever does not fit is an <see cref="InvalidDataException"/>, never a read outside.</summary>
internal ref struct FrameCursor(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public uint ReadVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte b = ReadByte();
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw new InvalidDataException("A number in a frame has more than five bytes");
    }

    public string ReadText() => Encoding.UTF8.GetString(Take(checked((int)Math.Min(ReadVarint(), int.MaxValue))));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new InvalidDataException($"A frame ends {count - _rest.Length} bytes too early");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

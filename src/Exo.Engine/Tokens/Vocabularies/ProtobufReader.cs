using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>Reads the fields of one protobuf message (protobuf.dev, Encoding). The bytes are not trusted: lengths are checked before they are used.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _file = file;
    private int _at;
    private int _wire;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end. Its value must be read or skipped.</summary>
    public bool Next()
    {
        if (_at == _bytes.Length)
        {
            return false;
        }

        ulong tag = Varint();
        Field = tag >> 3 is > 0 and <= int.MaxValue ? (int)(tag >> 3) : throw Broken();
        _wire = (int)(tag & 7);
        return true;
    }

    public long Integer() => _wire == 0 ? (long)Varint() : throw Broken();

    public float Single() => _wire == 5 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Broken();

    public ReadOnlySpan<byte> Bytes()
    {
        ulong length = _wire == 2 ? Varint() : throw Broken();
        return length <= (ulong)(_bytes.Length - _at) ? Take((int)length) : throw Broken();
    }

    public string Text()
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Broken();
        }
    }

    public void Skip()
    {
        switch (_wire)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Broken();
        }
    }

    public readonly ModelFileException Broken() =>
        new($"{_file}: at byte {_at} the file is no SentencePiece model. Download the model again, or take one with tokenizer.json.");

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw Broken();
        }

        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;

namespace Exo.Actors.Wire;

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote. The bytes come from the network: every count is checked against what is there
/// before anything is allocated for it, and only <see cref="SerializationException"/> is thrown.
/// </summary>
internal sealed class WireReader(byte[] bytes)
{
    private int _at;

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        byte other => throw Broken($"a flag of {other}"),
    };

    public byte Byte() => Take(1)[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public float Float() => BitConverter.Int32BitsToSingle(Int());

    public Guid Id() => new(Take(16));

    public string Text() => Encoding.UTF8.GetString(Take(Count(1)));

    public ImmutableArray<int> Ints() => List(4, Int);

    public ImmutableArray<long> Longs() => List(8, Long);

    public ImmutableArray<T> List<T>(int leastBytes, Func<T> read)
    {
        int count = Count(leastBytes);
        ImmutableArray<T>.Builder list = ImmutableArray.CreateBuilder<T>(count);
        for (int i = 0; i < count; i++)
        {
            list.Add(read());
        }

        return list.MoveToImmutable();
    }

    /// <summary>A view on the message's own bytes, which nobody writes again.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        int count = Count(1);
        Take(count);
        return bytes.AsMemory(_at - count, count);
    }

    public void End()
    {
        if (_at != bytes.Length)
        {
            throw Broken($"{bytes.Length - _at} bytes too many");
        }
    }

    public static SerializationException Broken(string what) => new($"A message holds {what}: the sender is broken, or speaks another version.");

    private int Count(int leastBytes)
    {
        int count = Int();
        return count >= 0 && (long)count * leastBytes <= bytes.Length - _at ? count : throw Broken($"a count of {count} with {bytes.Length - _at} bytes left");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at)
        {
            throw Broken("too few bytes");
        }

        _at += count;
        return bytes.AsSpan(_at - count, count);
    }
}

using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Normalising;

/// <summary>
/// SentencePiece's precompiled character map: a double-array trie over UTF-8 whose values are places in a pool of zero-terminated texts
/// (sentencepiece, normalizer.cc; darts-clone for the units). The longest match at each place is replaced. The map comes with the file, so
/// each step is checked against the bounds.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _pool;

    private CharacterMap(uint[] units, byte[] pool) => (_units, _pool) = (units, pool);

    /// <summary>Null for an empty map.</summary>
    /// <exception cref="ModelFileException">The size of the trie does not fit the bytes.</exception>
    public static CharacterMap? Read(byte[] bytes, string source)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        uint size = bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
        if (size > bytes.Length - 4 || size % 4 != 0)
        {
            throw new ModelFileException($"{source}: precompiled_charsmap is damaged: its trie does not fit its {bytes.Length} bytes. Download or convert the model again.");
        }

        uint[] units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 + (i * 4)));
        }

        return new CharacterMap(units, bytes[(4 + (int)size)..]);
    }

    public string Apply(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        List<byte> mapped = new(utf8.Length);
        int at = 0;
        while (at < utf8.Length)
        {
            (int length, int place) = Longest(utf8, at);
            if (length > 0)
            {
                int end = Array.IndexOf(_pool, (byte)0, place);
                mapped.AddRange(_pool.AsSpan(place, (end < 0 ? _pool.Length : end) - place));
                at += length;
                continue;
            }

            Rune.DecodeFromUtf8(utf8.AsSpan(at), out _, out int consumed);
            mapped.AddRange(utf8.AsSpan(at, consumed));
            at += consumed;
        }

        return Encoding.UTF8.GetString([.. mapped]);
    }

    private (int Length, int Place) Longest(byte[] utf8, int from)
    {
        (int Length, int Place) best = (0, 0);
        uint node = Offset(Unit(0));
        for (int i = from; i < utf8.Length; i++)
        {
            node ^= utf8[i];
            uint unit = Unit(node);
            if ((unit & 0x800000FF) != utf8[i])
            {
                break;
            }

            node ^= Offset(unit);
            uint value = Unit(node) & 0x7FFFFFFF;
            if (((unit >> 8) & 1) != 0 && value < _pool.Length)
            {
                best = (i - from + 1, (int)value);
            }
        }

        return best;
    }

    // Outside of the array there are no children; no label equals this unit's.
    private uint Unit(uint node) => node < _units.Length ? _units[node] : 0x80000000;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);
}

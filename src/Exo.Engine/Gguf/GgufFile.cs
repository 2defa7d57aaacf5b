using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Memory;

namespace Exo.Engine.Gguf;

/// <summary>
/// A GGUF file, version 2 or 3 (docs/gguf.md of the ggml project): key-value metadata, a table of tensors, their data. The file is not
/// trusted: counts, lengths, types and places are checked before they are used. Files without tensors (vocabularies) are fine.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private const uint Magic = 0x46554747;
    private const int LongestKey = 4096;
    private const int LongestText = 1 << 28;

    private readonly MappedFile _file;
    private readonly Dictionary<string, StoredTensor> _tensors = [];
    private readonly List<string> _warnings = [];

    private GgufFile(MappedFile file)
    {
        _file = file;
        GgufReader reader = new(file);
        (ulong tensors, ulong keys) = Head(reader);
        Metadata = new GgufMetadata(file.Path, ReadMetadata(reader, keys));
        new GgufTensorTable(file, reader, Metadata, _warnings).Read(tensors, _tensors);
        HeadBytes = reader.Position;
    }

    /// <summary>Absolute path.</summary>
    public string Path => _file.Path;

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>The key-value table.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>Names of the tensors.</summary>
    public IReadOnlyCollection<string> TensorNames => _tensors.Keys;

    /// <summary>What is odd but harmless, each with the field's name.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    internal IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>Bytes of header, metadata and tensor table.</summary>
    internal long HeadBytes { get; }

    internal unsafe ReadOnlySpan<byte> HeadData => new(_file.Start, (int)Math.Min(HeadBytes, int.MaxValue));

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">Absolute, or relative to the current folder.</param>
    /// <exception cref="ModelFileException">It is missing, damaged or no GGUF file; the message says which and where.</exception>
    public static GgufFile Open(string path)
    {
        MappedFile file = new(System.IO.Path.GetFullPath(path));
        try
        {
            return new GgufFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _file.Dispose();

    private static (ulong Tensors, ulong Keys) Head(GgufReader reader)
    {
        uint magic = reader.UInt32("the magic number");
        if (magic != Magic)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, magic);
            throw reader.Refuse($"not a GGUF file: its magic number is {Convert.ToHexString(bytes)}, not 47475546 (\"GGUF\"). Choose a .gguf file, or a folder with config.json and safetensors files.");
        }

        uint version = reader.UInt32("the version");
        if (version is not (2 or 3))
        {
            throw reader.Refuse(BinaryPrimitives.ReverseEndianness(version) is 2 or 3
                ? "the version is that of a big-endian file. Convert the model for little-endian machines."
                : $"the version is {version}; 2 and 3 can be read. Convert the model with a current converter.");
        }

        ulong tensors = reader.UInt64("the tensor count");
        ulong keys = reader.UInt64("the metadata key count");
        if (tensors > (ulong)reader.Remaining / 24)
        {
            throw reader.Refuse($"truncated: the tensor count is {tensors}, and only {reader.Remaining} bytes follow. Download the file again.");
        }

        return keys <= (ulong)reader.Remaining / 13
            ? (tensors, keys)
            : throw reader.Refuse($"truncated: the metadata key count is {keys}, and only {reader.Remaining} bytes follow. Download the file again.");
    }

    private Dictionary<string, object> ReadMetadata(GgufReader reader, ulong count)
    {
        Dictionary<string, object> values = [];
        string before = "the first";
        for (ulong i = 0; i < count; i++)
        {
            string key = reader.Name($"metadata key {i} (after {before})", LongestKey);
            if (key.Length == 0)
            {
                throw reader.Refuse($"metadata key {i} (after {before}) is empty. The file is damaged: download it again.");
            }

            object value = Value(reader, key, reader.UInt32($"the type of metadata key {key}"));
            if (!values.TryAdd(key, value))
            {
                throw reader.Refuse($"metadata key {key} occurs twice. Convert the model again.");
            }

            before = key;
        }

        return values;
    }

    /// <summary>Integers become long, numbers double; arrays long[], float[], bool[] or string[].</summary>
    private object Value(GgufReader reader, string key, uint type)
    {
        string what = $"metadata key {key}";
        switch ((GgufValueType)type)
        {
            case GgufValueType.String:
                return Text(reader, key, what);
            case GgufValueType.Bool:
                return Flag(reader, what, reader.Take(1, what)[0]);
            case GgufValueType.Float32:
                return (double)BinaryPrimitives.ReadSingleLittleEndian(reader.Take(4, what));
            case GgufValueType.Float64:
                return BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(8, what));
            case GgufValueType.Array:
                return ArrayValue(reader, key, what);
            default:
                return IntegerSize(type) is int size and > 0
                    ? Integer(reader, what, type, reader.Take(size, what))
                    : throw reader.Refuse($"{what} has the unknown value type {type}. The file is damaged, or newer than this program: download it again, or update Exo.");
        }
    }

    private object ArrayValue(GgufReader reader, string key, string what)
    {
        uint type = reader.UInt32($"the element type of {what}");
        ulong count = reader.UInt64($"the count of {what}");
        int size = (GgufValueType)type switch
        {
            GgufValueType.String => 8,
            GgufValueType.Bool => 1,
            GgufValueType.Float32 => 4,
            GgufValueType.Float64 => 8,
            GgufValueType.Array => throw reader.Refuse($"{what} is an array of arrays, which no model needs. Convert the model again."),
            _ => IntegerSize(type),
        };
        if (size == 0)
        {
            throw reader.Refuse($"{what} is an array of the unknown type {type}. The file is damaged, or newer than this program: download it again, or update Exo.");
        }

        if (count > (ulong)(reader.Remaining / size) || count > int.MaxValue / 8)
        {
            throw reader.Refuse($"truncated: {what} is an array of {count} values, and only {reader.Remaining} bytes follow. Download the file again.");
        }

        switch ((GgufValueType)type)
        {
            case GgufValueType.String:
                string[] texts = new string[count];
                for (int i = 0; i < texts.Length; i++)
                {
                    texts[i] = Text(reader, key, $"{what}, element {i}");
                }

                return texts;
            case GgufValueType.Bool:
                ReadOnlySpan<byte> flags = reader.Take((long)count, what);
                bool[] truths = new bool[count];
                for (int i = 0; i < truths.Length; i++)
                {
                    truths[i] = Flag(reader, what, flags[i]);
                }

                return truths;
            case GgufValueType.Float32:
                return MemoryMarshal.Cast<byte, float>(reader.Take((long)count * 4, what)).ToArray();
            case GgufValueType.Float64:
                double[] wide = MemoryMarshal.Cast<byte, double>(reader.Take((long)count * 8, what)).ToArray();
                return Array.ConvertAll(wide, number => (float)number);
            default:
                ReadOnlySpan<byte> data = reader.Take((long)count * size, what);
                long[] integers = new long[count];
                for (int i = 0; i < integers.Length; i++)
                {
                    integers[i] = Integer(reader, what, type, data.Slice(i * size, size));
                }

                return integers;
        }
    }

    private string Text(GgufReader reader, string key, string what)
    {
        ReadOnlySpan<byte> bytes = reader.Text(what, LongestText);
        string text = Encoding.UTF8.GetString(bytes);
        if (Encoding.UTF8.GetByteCount(text) != bytes.Length || text.Contains('\uFFFD'))
        {
            bool really = !System.Text.Unicode.Utf8.IsValid(bytes);
            string warning = $"{key} holds text that is not UTF-8.";
            if (really && !_warnings.Contains(warning))
            {
                _warnings.Add(warning);
            }
        }

        return text;
    }

    private static bool Flag(GgufReader reader, string what, byte value) =>
        value <= 1 ? value == 1 : throw reader.Refuse($"{what} is a truth value of {value}; 0 and 1 are possible. The file is damaged: download it again.");

    private static int IntegerSize(uint type) => (GgufValueType)type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 => 8,
        _ => 0,
    };

    private static long Integer(GgufReader reader, string what, uint type, ReadOnlySpan<byte> data) => (GgufValueType)type switch
    {
        GgufValueType.UInt8 => data[0],
        GgufValueType.Int8 => (sbyte)data[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(data),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(data),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(data),
        GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(data),
        GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(data),
        _ => BinaryPrimitives.ReadInt64LittleEndian(data) is >= 0 and long number
            ? number
            : throw reader.Refuse($"{what} is {BinaryPrimitives.ReadUInt64LittleEndian(data)}, which is too large. The file is damaged: download it again."),
    };
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Exo.Engine.Formats;
using Exo.Engine.Memory;

namespace Exo.Engine.Safetensors;

/// <summary>
/// One safetensors file (the format's published description): a length, a JSON header, the data of the tensors without holes.
/// The file is not trusted: everything is checked before it is used.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long LargestHeader = 100_000_000;
    private const int MostDimensions = 16;
    private const int DeepestHeader = 8;
    private const string Metadata = "__metadata__";

    private readonly MappedFile _file;
    private readonly Dictionary<string, SafetensorsTensor> _tensors = [];
    private readonly List<string> _warnings = [];

    private SafetensorsFile(MappedFile file)
    {
        _file = file;
        HeadBytes = 8 + HeaderBytes();
        ReadHeader(Span(8, (int)HeadBytes - 8));
        RequireNoHoles();
    }

    /// <summary>Absolute path.</summary>
    public string Path => _file.Path;

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>Names of the tensors.</summary>
    public IReadOnlyCollection<string> TensorNames => _tensors.Keys;

    /// <summary>What is odd but harmless, each with the field's name.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    internal IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    internal long HeadBytes { get; }

    internal ReadOnlySpan<byte> HeadData => Span(0, (int)HeadBytes);

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">Absolute, or relative to the current folder.</param>
    /// <exception cref="ModelFileException">It is missing, damaged or no safetensors file; the message says which and where.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile file = new(System.IO.Path.GetFullPath(path));
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _file.Dispose();

    private unsafe ReadOnlySpan<byte> Span(long at, int bytes) => new(_file.Start + at, bytes);

    private unsafe nint Address(long begin) => (nint)(_file.Start + HeadBytes + begin);

    private long HeaderBytes()
    {
        if (_file.Length < 8)
        {
            throw Refuse($"truncated: the file has {_file.Length} bytes, and its header's length alone has 8. Download it again.");
        }

        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(Span(0, 8));
        if (bytes is 0 or > LargestHeader)
        {
            string hint = Span(0, 4).SequenceEqual("GGUF"u8) ? " This is a GGUF file: name it .gguf." : "";
            throw Refuse($"the header has a length of {bytes} bytes; 1 to {LargestHeader} are possible.{hint} The file is damaged or no safetensors file: download it again.");
        }

        return (long)bytes <= _file.Length - 8
            ? (long)bytes
            : throw Refuse($"truncated: the header has {bytes} bytes, and the file only {_file.Length}. Download it again.");
    }

    private void ReadHeader(ReadOnlySpan<byte> header)
    {
        if (header[0] != (byte)'{')
        {
            throw Refuse("the header is no JSON object. The file is damaged or no safetensors file: download it again.");
        }

        try
        {
            using JsonDocument document = StrictJson.Parse(header.ToArray(), new JsonDocumentOptions { MaxDepth = DeepestHeader });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                Add(property.Name, property.Value);
            }
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{Path}: the header is not valid JSON: {e.Message} Download the file again.", e);
        }
    }

    private void Add(string name, JsonElement value)
    {
        if (name == Metadata)
        {
            if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(item => item.Value.ValueKind != JsonValueKind.String))
            {
                throw Refuse($"{Metadata} in the header is not an object of texts. Convert the model again.");
            }
        }
        else if (name.Length == 0)
        {
            throw Refuse("the header holds a tensor with an empty name. Convert the model again.");
        }
        else if (!_tensors.TryAdd(name, ReadTensor(name, value)))
        {
            throw Refuse($"the header names the tensor {name} twice (duplicate). Download the file again.");
        }
    }

    private SafetensorsTensor ReadTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Refuse($"the header's entry of tensor {name} is no object. Download the file again.");
        }

        Dictionary<string, JsonElement> fields = [];
        foreach (JsonProperty field in value.EnumerateObject())
        {
            if (!fields.TryAdd(field.Name, field.Value))
            {
                throw Refuse($"tensor {name} has the field {field.Name} twice (duplicate). Download the file again.");
            }

            if (field.Name is not ("dtype" or "shape" or "data_offsets"))
            {
                _warnings.Add($"tensor {name} has the unknown field {field.Name}.");
            }
        }

        string type = fields.TryGetValue("dtype", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        int bits = BitsOf(type);
        if (bits == 0)
        {
            throw Refuse($"tensor {name}: its dtype \"{Short(type)}\" is missing or not known. Convert the model to F32, F16 or BF16.");
        }

        ImmutableArray<long> shape = ReadShape(name, fields, out long elements);
        (long begin, long end) = ReadOffsets(name, fields);
        long available = _file.Length - HeadBytes;
        if (begin > end || end > available)
        {
            throw Refuse($"truncated: tensor {name} has the data_offsets {begin}..{end}, and the data ends at {available}. Download the file again.");
        }

        return elements <= long.MaxValue / 64 && elements * bits % 8 == 0 && elements * bits / 8 == end - begin
            ? new SafetensorsTensor(name, type, shape, begin, end, Address(begin))
            : throw Refuse($"tensor {name}: its shape [{string.Join(", ", shape)}] of {type} does not make the {end - begin} bytes of its data_offsets. Download the file again.");
    }

    private ImmutableArray<long> ReadShape(string name, Dictionary<string, JsonElement> fields, out long elements)
    {
        elements = 1;
        if (!fields.TryGetValue("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() > MostDimensions)
        {
            throw Refuse($"tensor {name}: its shape is missing, no array, or of more than {MostDimensions} dimensions. Download the file again.");
        }

        ImmutableArray<long>.Builder sizes = ImmutableArray.CreateBuilder<long>();
        foreach (JsonElement item in shape.EnumerateArray())
        {
            if (!IsWhole(item, out long size) || (size > 0 && elements > long.MaxValue / size))
            {
                throw Refuse($"tensor {name}: its shape holds {Short(item.GetRawText())}, which cannot be. Download the file again.");
            }

            elements *= size;
            sizes.Add(size);
        }

        return sizes.ToImmutable();
    }

    private (long Begin, long End) ReadOffsets(string name, Dictionary<string, JsonElement> fields)
    {
        if (fields.TryGetValue("data_offsets", out JsonElement offsets) && offsets.ValueKind == JsonValueKind.Array && offsets.GetArrayLength() == 2
            && IsWhole(offsets[0], out long begin) && IsWhole(offsets[1], out long end))
        {
            return (begin, end);
        }

        throw Refuse($"tensor {name}: its data_offsets are missing or not two whole numbers. Download the file again.");
    }

    private static bool IsWhole(JsonElement item, out long value)
    {
        value = -1;
        return item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out value) && value >= 0 && item.GetRawText().All(char.IsAsciiDigit);
    }

    private void RequireNoHoles()
    {
        long end = 0;
        string before = "the header";
        foreach (SafetensorsTensor tensor in _tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).ThenBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            if (tensor.Begin != end)
            {
                string fault = tensor.Begin < end ? "overlap" : "leave a hole";
                throw Refuse($"tensor {tensor.Name} at the offset {tensor.Begin} and {before}, which ends at offset {end}, {fault}. Convert the model again.");
            }

            end = tensor.End;
            before = $"tensor {tensor.Name}";
        }

        if (HeadBytes + end != _file.Length)
        {
            throw Refuse($"the tensors end at byte {HeadBytes + end}, and the file has a size of {_file.Length}: trailing bytes belong to nothing. Download the file again.");
        }
    }

    private static int BitsOf(string type) => type switch
    {
        "F64" or "I64" or "U64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 8,
        "F6_E2M3" or "F6_E3M2" => 6,
        "F4" => 4,
        _ => 0,
    };

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;

    private ModelFileException Refuse(string reason) => new($"{Path}: {reason}");
}

using System.Collections.Immutable;
using Exo.Engine.Formats;
using Exo.Engine.Memory;

namespace Exo.Engine.Gguf;

/// <summary>
/// The table of tensors of a GGUF file: names, shapes, types and places. Data must follow the table without holes or overlaps,
/// each tensor at the file's alignment.
/// </summary>
internal sealed unsafe class GgufTensorTable(MappedFile file, GgufReader reader, GgufMetadata metadata, List<string> warnings)
{
    private const int LongestName = 256;
    private const int MostDimensions = 4;
    private const long MostElements = 1L << 46;
    private const long DefaultAlignment = 32;
    private const long LargestAlignment = 1 << 20;

    public void Read(ulong count, Dictionary<string, StoredTensor> tensors)
    {
        long alignment = Alignment();
        List<Entry> entries = [];
        for (ulong i = 0; i < count; i++)
        {
            Entry entry = ReadEntry(i, alignment);
            if (!tensors.TryAdd(entry.Name, new StoredTensor(entry.Name, entry.Type, entry.Shape, 0, entry.Bytes)))
            {
                throw reader.Refuse($"tensor {entry.Name} occurs twice. Convert the model again.");
            }

            entries.Add(entry);
        }

        Place(entries, alignment, tensors);
    }

    private long Alignment()
    {
        const string Key = "general.alignment";
        long alignment = metadata.GetInteger(Key) ?? DefaultAlignment;
        return alignment is > 0 and <= LargestAlignment && long.IsPow2(alignment)
            ? alignment
            : throw metadata.Refuse(Key, $"is {alignment}; a power of two up to {LargestAlignment} is possible. The file is damaged: download it again.");
    }

    private Entry ReadEntry(ulong index, long alignment)
    {
        string name = reader.Name($"tensor name {index}", LongestName);
        if (name.Length == 0)
        {
            throw reader.Refuse($"tensor name {index} is empty. The file is damaged: download it again.");
        }

        uint dimensions = reader.UInt32($"the dimension count of tensor {name}");
        if (dimensions is 0 or > MostDimensions)
        {
            throw reader.Refuse($"tensor {name} has {dimensions} dimensions; 1 to {MostDimensions} are possible. The file is damaged: download it again.");
        }

        long elements = 1;
        long[] shape = new long[dimensions];
        for (int d = 0; d < shape.Length; d++)
        {
            ulong size = reader.UInt64($"dimension {d} of tensor {name}");
            if (size == 0 || size > (ulong)(MostElements / elements))
            {
                throw reader.Refuse($"tensor {name}: dimension {d} is {size}, which makes a tensor that cannot be. The file is damaged: download it again.");
            }

            elements *= (long)size;
            shape[^(d + 1)] = (long)size; // the file has the fastest first
        }

        uint number = reader.UInt32($"the type of tensor {name}");
        TensorType type = (TensorType)number;
        if (number > int.MaxValue || !type.TryBlock(out int block, out int blockBytes))
        {
            throw reader.Refuse($"tensor {name} is stored as type {number}, which this program cannot read. Convert the model to another format, such as Q8_0.");
        }

        if (shape[^1] % block != 0)
        {
            throw reader.Refuse($"tensor {name}: its rows of {shape[^1]} elements are not whole blocks of {block}, as {type} needs. Convert the model again.");
        }

        ulong offset = reader.UInt64($"the offset of tensor {name}");
        return offset % (ulong)alignment == 0
            ? new Entry(name, type, [.. shape], elements / block * blockBytes, offset)
            : throw reader.Refuse($"tensor {name} has the offset {offset}, no multiple of the alignment {alignment}. The file is damaged: download it again.");
    }

    private void Place(List<Entry> entries, long alignment, Dictionary<string, StoredTensor> tensors)
    {
        long start = Aligned(reader.Position, alignment);
        foreach (Entry entry in entries)
        {
            if (file.Length < start || entry.Offset > (ulong)(file.Length - start) || entry.Bytes > file.Length - start - (long)entry.Offset)
            {
                throw reader.Refuse($"truncated: tensor {entry.Name} has {entry.Bytes} bytes at offset {entry.Offset} of the data, and the end of file is at {file.Length - start}. Download or copy the file again.");
            }
        }

        long end = start;
        string before = "the table of tensors";
        foreach (Entry entry in entries.OrderBy(entry => entry.Offset))
        {
            long expected = Aligned(end - start, alignment);
            if (entry.Offset != (ulong)expected)
            {
                string fault = entry.Offset < (ulong)expected ? "overlap" : "leave a hole";
                throw reader.Refuse($"tensor {entry.Name} at offset {entry.Offset} and {before}, which ends at offset {end - start}, {fault}. The file is damaged: convert the model again.");
            }

            long at = start + (long)entry.Offset;
            end = at + entry.Bytes;
            before = $"tensor {entry.Name}";
            tensors[entry.Name] = new StoredTensor(entry.Name, entry.Type, entry.Shape, (nint)(file.Start + at), entry.Bytes);
        }

        if (entries.Count > 0 && file.Length > Aligned(end, alignment))
        {
            warnings.Add($"{file.Length - Aligned(end, alignment)} trailing bytes behind the last tensor belong to nothing.");
        }
    }

    private static long Aligned(long value, long alignment) => (value + alignment - 1) & -alignment;

    private sealed record Entry(string Name, TensorType Type, ImmutableArray<long> Shape, long Bytes, ulong Offset);
}

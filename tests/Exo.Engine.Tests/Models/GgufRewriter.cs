using System.Text;

namespace Exo.Engine.Tests.Models;

/// <summary>A GGUF file of f32 tensors that is written again with other metadata and tensors, as another converter would have.</summary>
internal sealed class GgufRewriter
{
    private const int Alignment = 32;
    private readonly List<(string Key, byte[] Value)> _values = [];

    public GgufRewriter(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using BinaryReader reader = new(new MemoryStream(file), Encoding.UTF8);
        reader.ReadBytes(8);
        long tensors = reader.ReadInt64();
        long keys = reader.ReadInt64();
        for (long i = 0; i < keys; i++)
        {
            string key = Name(reader);
            long begin = reader.BaseStream.Position;
            SkipValue(reader);
            _values.Add((key, file[(int)begin..(int)reader.BaseStream.Position]));
        }

        List<(string Name, long[] Sizes, long Offset)> table = [];
        for (long i = 0; i < tensors; i++)
        {
            string name = Name(reader);
            long[] sizes = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt64())];
            Assert.Equal(0, reader.ReadInt32());
            table.Add((name, sizes, reader.ReadInt64()));
        }

        long data = Aligned(reader.BaseStream.Position);
        foreach ((string name, long[] sizes, long offset) in table)
        {
            long bytes = sizes.Aggregate((long)sizeof(float), (product, size) => product * size);
            Tensors[name] = (sizes, file[(int)(data + offset)..(int)(data + offset + bytes)]);
        }
    }

    /// <summary>Sizes, the fastest first, and f32 numbers.</summary>
    public Dictionary<string, (long[] Sizes, byte[] Data)> Tensors { get; } = [];

    /// <summary>Gives the model another architecture, whose keys are named accordingly.</summary>
    public GgufRewriter Architecture(string from, string to)
    {
        for (int i = 0; i < _values.Count; i++)
        {
            (string key, byte[] value) = _values[i];
            _values[i] = (key.StartsWith(from + ".", StringComparison.Ordinal) ? to + key[from.Length..] : key, value);
        }

        return Set("general.architecture", to);
    }

    /// <summary>Sets or replaces a value: text, int, float, bool, int[] or bool[].</summary>
    public GgufRewriter Set(string key, object value)
    {
        Remove(key);
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(value switch { bool => 7, int => 4, float => 6, string => 8, _ => 9 });
        switch (value)
        {
            case bool flag:
                writer.Write(flag);
                break;
            case int number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            case string text:
                writer.Write((long)text.Length);
                writer.Write(Encoding.UTF8.GetBytes(text));
                break;
            case int[] numbers:
                writer.Write(5);
                writer.Write((long)numbers.Length);
                Array.ForEach(numbers, writer.Write);
                break;
            case bool[] flags:
                writer.Write(7);
                writer.Write((long)flags.Length);
                Array.ForEach(flags, writer.Write);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} cannot be written.");
        }

        _values.Add((key, stream.ToArray()));
        return this;
    }

    public GgufRewriter Remove(string key)
    {
        _values.RemoveAll(pair => pair.Key == key);
        return this;
    }

    /// <summary>One tensor in place of several that lie one above the other; of three dimensions for each index of the slowest.</summary>
    public GgufRewriter Join(string joined, params string[] parts)
    {
        (long[] Sizes, byte[] Data)[] taken = [.. parts.Select(part => Tensors.GetValueOrDefault(part))];
        if (taken[0].Data is null)
        {
            return this;
        }

        long[] sizes = [.. taken[0].Sizes];
        int rows = Math.Min(1, sizes.Length - 1);
        sizes[rows] = taken.Sum(part => part.Sizes[rows]);
        int slices = sizes.Length == 3 ? (int)sizes[2] : 1;
        byte[] data = [.. Enumerable.Range(0, slices).SelectMany(slice => taken.SelectMany(part => part.Data.Skip(part.Data.Length / slices * slice).Take(part.Data.Length / slices)))];
        Array.ForEach(parts, part => Tensors.Remove(part));
        Tensors[joined] = (sizes, data);
        return this;
    }

    public void Write(string path)
    {
        using BinaryWriter writer = new(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)Tensors.Count);
        writer.Write((long)_values.Count);
        foreach ((string key, byte[] value) in _values)
        {
            Text(writer, key);
            writer.Write(value);
        }

        long offset = 0;
        foreach ((string name, (long[] sizes, byte[] data)) in Tensors)
        {
            Text(writer, name);
            writer.Write(sizes.Length);
            Array.ForEach(sizes, writer.Write);
            writer.Write(0);
            writer.Write(offset);
            offset = Aligned(offset + data.Length);
        }

        Pad(writer);
        foreach ((_, byte[] data) in Tensors.Values)
        {
            writer.Write(data);
            Pad(writer);
        }
    }

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter writer)
    {
        writer.Flush();
        writer.Write(new byte[Aligned(writer.BaseStream.Position) - writer.BaseStream.Position]);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write((long)text.Length);
        writer.Write(Encoding.UTF8.GetBytes(text));
    }

    private static string Name(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static void SkipValue(BinaryReader reader)
    {
        int type = reader.ReadInt32();
        reader.ReadBytes(type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            8 => (int)reader.ReadInt64(),
            _ => throw new InvalidOperationException($"The model holds a value of type {type}, which this test does not pass over."),
        });
    }
}

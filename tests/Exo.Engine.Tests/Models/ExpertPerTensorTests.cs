using System.Text;
using Exo.Engine.Files;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>GGUF files of the first months of Mixtral, with a tensor for each expert.</summary>
public sealed class ExpertPerTensorTests
{
    private const int Alignment = 32;

    [SkippableFact]
    public void Experts_that_are_tensors_of_their_own_give_the_bits_of_those_in_one()
    {
        string folder = ReferenceData.Require("weights", "arch");
        string newer = Path.Combine(folder, "mixtral.gguf");
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, "mixtral.tokens.json"));
        DirectoryInfo room = Directory.CreateTempSubdirectory("exo-experts-");
        try
        {
            string older = Path.Combine(room.FullName, "mixtral.gguf");
            File.WriteAllBytes(older, Apart(File.ReadAllBytes(newer)));
            SliceOptions options = new() { Threads = 1 };
            using SliceChain expected = new(newer, options);
            using SliceChain actual = new(older, options, 1, 2);
            using ModelFile file = ModelFile.Open(older);
            using ModelFile joined = ModelFile.Open(newer);

            Assert.Equal(expected.Forward(0, tokens, LogitsWanted.All), actual.Forward(0, tokens, LogitsWanted.All));
            Assert.Empty(file.Warnings);
            Assert.Equal(joined.Footprint.UnitBytes.AsEnumerable(), file.Footprint.UnitBytes);
        }
        finally
        {
            room.Delete(recursive: true);
        }
    }

    /// <summary>The same numbers under another table of tensors.</summary>
    private static byte[] Apart(byte[] file)
    {
        using BinaryReader reader = new(new MemoryStream(file), Encoding.UTF8);
        byte[] magic = reader.ReadBytes(8);
        long count = reader.ReadInt64();
        long keys = reader.ReadInt64();
        long begin = reader.BaseStream.Position;
        for (long i = 0; i < keys; i++)
        {
            Name(reader);
            SkipValue(reader, reader.ReadInt32());
        }

        byte[] metadata = file[(int)begin..(int)reader.BaseStream.Position];
        List<(string Name, long[] Sizes, int Type, long Offset)> table = [];
        for (long i = 0; i < count; i++)
        {
            string name = Name(reader);
            long[] sizes = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt64())];
            (int type, long offset) = (reader.ReadInt32(), reader.ReadInt64());
            long experts = name.Contains("_exps.", StringComparison.Ordinal) ? sizes[^1] : 0;
            long bytes = experts == 0 ? 0 : sizes[0] * sizes[1] * sizeof(float);
            Assert.Equal(0, bytes % Alignment);
            table.AddRange(experts == 0
                ? [(name, sizes, type, offset)]
                : Enumerable.Range(0, (int)experts).Select(e => (name.Replace("_exps.", $".{e}.", StringComparison.Ordinal), sizes[..2], type, offset + (e * bytes))));
        }

        using MemoryStream output = new();
        using BinaryWriter writer = new(output);
        writer.Write(magic);
        writer.Write((long)table.Count);
        writer.Write(keys);
        writer.Write(metadata);
        foreach ((string name, long[] sizes, int type, long offset) in table)
        {
            writer.Write((long)name.Length);
            writer.Write(Encoding.UTF8.GetBytes(name));
            writer.Write(sizes.Length);
            Array.ForEach(sizes, writer.Write);
            writer.Write(type);
            writer.Write(offset);
        }

        writer.Write(new byte[Padding(output.Position)]);
        writer.Write(file.AsSpan((int)(reader.BaseStream.Position + Padding(reader.BaseStream.Position))));
        return output.ToArray();
    }

    private static int Padding(long position) => (int)((Alignment - (position % Alignment)) % Alignment);

    private static string Name(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static void SkipValue(BinaryReader reader, int type)
    {
        switch (type)
        {
            case 8:
                Name(reader);
                break;
            case 0 or 1 or 7:
                reader.ReadByte();
                break;
            case 2 or 3:
                reader.ReadInt16();
                break;
            case 4 or 5 or 6:
                reader.ReadInt32();
                break;
            default:
                throw new InvalidOperationException($"The model holds a value of type {type}, which this test does not pass over.");
        }
    }
}

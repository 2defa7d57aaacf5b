using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;

namespace Exo.Engine.Tests.Files;

/// <summary>A small model cut into parts as gguf-split does, whole and with one fault each.</summary>
public sealed class SplitFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exo-split-").FullName;

    [Fact]
    public void A_split_model_computes_as_the_whole_one_whichever_part_is_named()
    {
        Write(3);
        using SliceChain whole = new(TestData.Find("models", "tiny-llama.gguf"), new SliceOptions { Threads = 1 });
        float[] expected = whole.Forward(0, [1, 2, 3], LogitsWanted.All);
        string? fingerprint = null;
        for (int part = 1; part <= 3; part++)
        {
            using SliceChain split = new(Part(part, 3), new SliceOptions { Threads = 1 });
            Assert.Equal(expected, split.Forward(0, [1, 2, 3], LogitsWanted.All));
            using ModelFile file = ModelFile.Open(Part(part, 3));
            fingerprint ??= file.Fingerprint;
            Assert.Equal(fingerprint, file.Fingerprint);
        }
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        Write(3);
        File.Delete(Part(2, 3));

        Assert.Contains("-00002-of-00003.gguf does not exist", Refusal(Part(3, 3)), StringComparison.Ordinal);
        Assert.Contains("split.count is 3", Refusal(Part(1, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_under_another_name_is_refused()
    {
        Write(2);
        string other = Path.Combine(_folder, "other.gguf");
        File.Move(Part(1, 2), other);

        Assert.Contains("split.count", Refusal(other), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_in_each_others_place_are_refused()
    {
        Write(3);
        File.Move(Part(2, 3), Part(9, 3));
        File.Move(Part(3, 3), Part(2, 3));
        File.Move(Part(9, 3), Part(3, 3));

        Assert.Contains("split.no is 2, and the file's name makes it 1", Refusal(Part(1, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_twice_and_a_wrong_total_are_refused()
    {
        Write(2, total: 7);
        Assert.Contains("split.tensors.count is 7", Refusal(Part(1, 2)), StringComparison.Ordinal);
        Write(2, same: true);
        Assert.Contains("is in another part", Refusal(Part(1, 2)), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static string Refusal(string path) => Assert.Throws<ModelFileException>(() => ModelFile.Open(path)).Message;

    private string Part(int number, int count) => Path.Combine(_folder, $"model-{number:00000}-of-{count:00000}.gguf");

    /// <summary>Cuts the tests' model: metadata into the first part, tensors in turn.</summary>
    private void Write(int count, int? total = null, bool same = false)
    {
        SplitWriter writer = new(TestData.Find("models", "tiny-llama.gguf"));
        for (int part = 0; part < count; part++)
        {
            File.WriteAllBytes(Part(part + 1, count), writer.Part(part, count, total, same));
        }
    }

    /// <summary>Takes a GGUF file apart by its published layout.</summary>
    private sealed class SplitWriter
    {
        private readonly byte[] _bytes;
        private readonly List<(byte[] Entry, byte[] Data)> _tensors = [];
        private readonly byte[] _metadata;
        private readonly ulong _keys;
        private int _at;

        public SplitWriter(string path)
        {
            _bytes = File.ReadAllBytes(path);
            _at = 8;
            ulong tensors = Number();
            _keys = Number();
            int start = _at;
            for (ulong i = 0; i < _keys; i++)
            {
                Text();
                Skip(Word());
            }

            _metadata = _bytes[start.._at];
            List<(byte[] Head, ulong Offset)> entries = [];
            for (ulong i = 0; i < tensors; i++)
            {
                int entry = _at;
                Text();
                int dimensions = (int)Word();
                _at += (dimensions * 8) + 4;
                byte[] head = _bytes[entry.._at];
                entries.Add((head, Number()));
            }

            int data = (_at + 31) & ~31;
            for (int i = 0; i < entries.Count; i++)
            {
                ulong end = entries.Select(other => other.Offset).Where(offset => offset > entries[i].Offset).DefaultIfEmpty((ulong)(_bytes.Length - data)).Min();
                _tensors.Add((entries[i].Head, _bytes[(data + (int)entries[i].Offset)..(data + (int)end)]));
            }
        }

        public byte[] Part(int part, int count, int? total, bool same)
        {
            List<(byte[] Entry, byte[] Data)> own = [.. _tensors.Where((_, i) => same || i % count == part)];
            using MemoryStream stream = new();
            using BinaryWriter writer = new(stream);
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write((ulong)own.Count);
            writer.Write((part == 0 ? _keys : 0) + 3);
            writer.Write(part == 0 ? _metadata : []);
            Key(writer, "split.no", part);
            Key(writer, "split.count", count);
            Key(writer, "split.tensors.count", total ?? _tensors.Count);
            ulong offset = 0;
            foreach ((byte[] entry, byte[] data) in own)
            {
                writer.Write(entry);
                writer.Write(offset);
                offset += (ulong)((data.Length + 31) & ~31);
            }

            foreach ((_, byte[] data) in own)
            {
                writer.Write(new byte[-stream.Length & 31]);
                writer.Write(data);
            }

            writer.Write(new byte[-stream.Length & 31]);
            return stream.ToArray();
        }

        private static void Key(BinaryWriter writer, string name, int value)
        {
            writer.Write((ulong)name.Length);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write(5u); // int32
            writer.Write(value);
        }

        private uint Word() => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan((_at += 4) - 4));

        private ulong Number() => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan((_at += 8) - 8));

        private void Text()
        {
            int length = (int)Number();
            _at += length;
        }

        private void Skip(uint type)
        {
            switch (type)
            {
                case 8:
                    Text();
                    break;
                case 9:
                    uint item = Word();
                    for (ulong n = Number(); n > 0; n--)
                    {
                        Skip(item);
                    }

                    break;
                default:
                    _at += type switch { 0 or 1 or 7 => 1, 2 or 3 => 2, 10 or 11 or 12 => 8, _ => 4 };
                    break;
            }
        }
    }
}

using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Formats;

namespace Exo.Engine.Tests.Models;

/// <summary>A GGUF file of a mixture of experts with random blocks of one type for all matrices but embedding and router, which are floats as in converted files.</summary>
internal static class RandomMixture
{
    public const int Layers = 3;
    public const int Experts = 8;
    public const int Used = 2;
    public const int Vocabulary = 128;
    private const int Size = 256;
    private const int Heads = 4;
    private const int KvHeads = 2;
    private const int Alignment = 32;

    private enum Kind
    {
        Ones,
        Floats,
        Blocks,
    }

    public static void Write(string path, TensorType type)
    {
        List<(string Name, long[] Shape, Kind Kind)> tensors = [("token_embd.weight", [Vocabulary, Size], Kind.Floats), ("output_norm.weight", [Size], Kind.Ones)];
        for (int layer = 0; layer < Layers; layer++)
        {
            string blk = $"blk.{layer}.";
            tensors.AddRange(
            [
                (blk + "attn_norm.weight", [Size], Kind.Ones),
                (blk + "attn_q.weight", [Size, Size], Kind.Blocks),
                (blk + "attn_k.weight", [Size * KvHeads / Heads, Size], Kind.Blocks),
                (blk + "attn_v.weight", [Size * KvHeads / Heads, Size], Kind.Blocks),
                (blk + "attn_output.weight", [Size, Size], Kind.Blocks),
                (blk + "ffn_norm.weight", [Size], Kind.Ones),
                (blk + "ffn_gate_inp.weight", [Experts, Size], Kind.Floats),
                (blk + "ffn_gate_exps.weight", [Experts, Size, Size], Kind.Blocks),
                (blk + "ffn_up_exps.weight", [Experts, Size, Size], Kind.Blocks),
                (blk + "ffn_down_exps.weight", [Experts, Size, Size], Kind.Blocks),
            ]);
        }

        using BinaryWriter writer = new(File.Create(path));
        Head(writer, tensors, type);
        Random random = new(7);
        foreach ((_, long[] shape, Kind kind) in tensors)
        {
            Pad(writer);
            writer.Write(Data(random, shape, kind, type));
        }
    }

    private static void Head(BinaryWriter writer, List<(string Name, long[] Shape, Kind Kind)> tensors, TensorType type)
    {
        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"), ("general.name", "random mixture"), ("llama.block_count", Layers), ("llama.context_length", 512), ("llama.embedding_length", Size),
            ("llama.feed_forward_length", Size), ("llama.attention.head_count", Heads), ("llama.attention.head_count_kv", KvHeads), ("llama.attention.layer_norm_rms_epsilon", 1e-5f),
            ("llama.expert_count", Experts), ("llama.expert_used_count", Used), ("llama.vocab_size", Vocabulary), ("tokenizer.ggml.model", "no_vocab"),
        ];
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Length);
        foreach ((string key, object value) in metadata)
        {
            Text(writer, key);
            switch (value)
            {
                case string text:
                    writer.Write(8u);
                    Text(writer, text);
                    break;
                case float number:
                    writer.Write(6u);
                    writer.Write(number);
                    break;
                default:
                    writer.Write(4u);
                    writer.Write((uint)(int)value);
                    break;
            }
        }

        long offset = 0;
        foreach ((string name, long[] shape, Kind kind) in tensors)
        {
            Text(writer, name);
            writer.Write((uint)shape.Length);
            foreach (long size in shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write((uint)(kind == Kind.Blocks ? type : TensorType.F32));
            writer.Write((ulong)offset);
            offset += (Data(new Random(1), shape, kind, type).Length + Alignment - 1) / Alignment * Alignment;
        }
    }

    private static byte[] Data(Random random, long[] shape, Kind kind, TensorType type)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        if (kind != Kind.Blocks)
        {
            byte[] floats = new byte[count * sizeof(float)];
            for (int i = 0; i < count; i++)
            {
                float value = kind == Kind.Ones ? 1 : (float)(Gaussian(random) * (shape[0] == Experts ? 0.25 : 1));
                BinaryPrimitives.WriteSingleLittleEndian(floats.AsSpan(i * sizeof(float)), value);
            }

            return floats;
        }

        // The block's scales are such that weights spread by 1/√columns, whatever the random codes.
        (int elements, int bytes, (int At, double Spread)[] scales) = type switch
        {
            TensorType.Q8_0 => (32, 34, new[] { (0, 73.9) }),
            TensorType.Q4_0 => (32, 18, new[] { (0, 4.6) }),
            TensorType.Q4_K => (256, 144, new[] { (0, 255.0), (2, 255.0 / 7.5) }),
            TensorType.Q6_K => (256, 210, new[] { (208, 1369.0) }),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        byte[] data = new byte[count / elements * bytes];
        random.NextBytes(data);
        for (int block = 0; block < data.Length; block += bytes)
        {
            foreach ((int at, double spread) in scales)
            {
                BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(block + at), (Half)(1 / (spread * Math.Sqrt(Size))));
            }
        }

        return data;
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void Pad(BinaryWriter writer)
    {
        while (writer.BaseStream.Position % Alignment != 0)
        {
            writer.Write((byte)0);
        }
    }
}

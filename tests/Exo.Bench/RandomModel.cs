using System.Buffers.Binary;
using System.Text;

namespace Exo.Bench;

/// <summary>
/// Writes a Llama-shaped GGUF file with random Q8_0 weights: random weights cost the time of trained ones, so speeds
/// can be measured without a download. The vocabulary is a placeholder; prompts are token ids.
/// </summary>
internal static class RandomModel
{
    private const int Alignment = 32;
    private const int Q8 = 8;
    private const int F32 = 0;

    public static void Write(string path, int layers, int embedding, int feedForward, int heads, int kvHeads, int vocabulary)
    {
        List<(string Name, int Columns, int Rows, int Type)> tensors = [("token_embd.weight", embedding, vocabulary, Q8)];
        for (int i = 0; i < layers; i++)
        {
            int kv = embedding / heads * kvHeads;
            tensors.AddRange(
            [
                ($"blk.{i}.attn_norm.weight", embedding, 0, F32), ($"blk.{i}.attn_q.weight", embedding, embedding, Q8), ($"blk.{i}.attn_k.weight", embedding, kv, Q8), ($"blk.{i}.attn_v.weight", embedding, kv, Q8),
                ($"blk.{i}.attn_output.weight", embedding, embedding, Q8), ($"blk.{i}.ffn_norm.weight", embedding, 0, F32), ($"blk.{i}.ffn_gate.weight", embedding, feedForward, Q8),
                ($"blk.{i}.ffn_up.weight", embedding, feedForward, Q8), ($"blk.{i}.ffn_down.weight", feedForward, embedding, Q8),
            ]);
        }

        tensors.Add(("output_norm.weight", embedding, 0, F32));
        tensors.Add(("output.weight", embedding, vocabulary, Q8));
        using BinaryWriter writer = new(new BufferedStream(File.Create(path), 1 << 20));
        Header(writer, tensors, layers, embedding, feedForward, heads, kvHeads, vocabulary);
        Random random = new(1);
        foreach ((_, int columns, int rows, int type) in tensors)
        {
            Pad(writer);
            Data(writer, random, columns, rows, type);
        }
    }

    private static void Header(BinaryWriter writer, List<(string Name, int Columns, int Rows, int Type)> tensors, int layers, int embedding, int feedForward, int heads, int kvHeads, int vocabulary)
    {
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write(14UL);
        Text(writer, "general.architecture", "llama");
        Text(writer, "general.name", "random");
        Number(writer, "general.alignment", Alignment);
        Number(writer, "llama.block_count", layers);
        Number(writer, "llama.context_length", 4096);
        Number(writer, "llama.embedding_length", embedding);
        Number(writer, "llama.feed_forward_length", feedForward);
        Number(writer, "llama.attention.head_count", heads);
        Number(writer, "llama.attention.head_count_kv", kvHeads);
        Key(writer, "llama.attention.layer_norm_rms_epsilon", 6);
        writer.Write(1e-5f);
        Text(writer, "tokenizer.ggml.model", "llama");
        Key(writer, "tokenizer.ggml.tokens", 9);
        writer.Write(8u);
        writer.Write((ulong)vocabulary);
        for (int i = 0; i < vocabulary; i++)
        {
            String(writer, Name(i));
        }

        Key(writer, "tokenizer.ggml.scores", 9);
        writer.Write(6u);
        writer.Write((ulong)vocabulary);
        for (int i = 0; i < vocabulary; i++)
        {
            writer.Write(0f);
        }

        Key(writer, "tokenizer.ggml.token_type", 9);
        writer.Write(5u);
        writer.Write((ulong)vocabulary);
        for (int i = 0; i < vocabulary; i++)
        {
            writer.Write(i switch { 0 => 2, 1 or 2 => 3, < 259 => 6, _ => 1 });
        }

        long offset = 0;
        foreach ((string name, int columns, int rows, int type) in tensors)
        {
            String(writer, name);
            writer.Write(rows == 0 ? 1u : 2u);
            writer.Write((ulong)columns);
            if (rows != 0)
            {
                writer.Write((ulong)rows);
            }

            writer.Write((uint)type);
            writer.Write((ulong)offset);
            offset += (Bytes(columns, rows, type) + Alignment - 1) / Alignment * Alignment;
        }
    }

    private static string Name(int id) => id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", < 259 => $"<0x{id - 3:X2}>", _ => $"t{id}" };

    private static long Bytes(int columns, int rows, int type) => (long)Math.Max(1, rows) * (type == F32 ? columns * 4 : columns / 32 * 34);

    private static void Data(BinaryWriter writer, Random random, int columns, int rows, int type)
    {
        if (type == F32)
        {
            for (int i = 0; i < columns; i++)
            {
                writer.Write(1f);
            }

            return;
        }

        byte[] row = new byte[columns / 32 * 34];
        Half scale = (Half)(1.0 / (127 * Math.Sqrt(columns / 3.0)));
        for (int r = 0; r < rows; r++)
        {
            random.NextBytes(row);
            for (int block = 0; block < row.Length; block += 34)
            {
                BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan(block), scale);
            }

            writer.Write(row);
        }
    }

    private static void Pad(BinaryWriter writer)
    {
        while (writer.BaseStream.Position % Alignment != 0)
        {
            writer.Write((byte)0);
        }
    }

    private static void Key(BinaryWriter writer, string key, uint type)
    {
        String(writer, key);
        writer.Write(type);
    }

    private static void Text(BinaryWriter writer, string key, string value)
    {
        Key(writer, key, 8);
        String(writer, value);
    }

    private static void Number(BinaryWriter writer, string key, int value)
    {
        Key(writer, key, 4);
        writer.Write((uint)value);
    }

    private static void String(BinaryWriter writer, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}

using System.Globalization;
using System.Text;
using Exo.Engine.Files;
using Exo.Engine.Formats;

namespace Exo.Engine.Tests.Files;

/// <summary>
/// Headers with random faults: each file opens or is refused by a <see cref="ModelFileException"/>, whatever its bytes. Ten thousand of them;
/// EXO_FUZZ_HEADERS asks for another number.
/// </summary>
public sealed class HeaderFuzzTests : IDisposable
{
    private static readonly int s_count = int.TryParse(Environment.GetEnvironmentVariable("EXO_FUZZ_HEADERS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 10_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("exo-fuzz-").FullName;

    [Fact]
    public void A_mutated_gguf_header_opens_or_is_refused()
    {
        byte[] valid = Gguf(out int header);
        string path = Path.Combine(_folder, "model.gguf");
        File.WriteAllBytes(path, valid);
        ModelFile.Open(path).Dispose();

        (int opened, int refused) = Fuzz(path, path, valid, header, seed: 1);

        Assert.Equal(s_count / 2, opened + refused);
        Assert.InRange(refused, 1, s_count);
    }

    [Fact]
    public void A_mutated_safetensors_header_opens_or_is_refused()
    {
        byte[] valid = Safetensors(out int header);
        string path = Path.Combine(_folder, "model.safetensors");
        File.WriteAllText(
            Path.Combine(_folder, "config.json"),
            "{\"model_type\":\"llama\",\"vocab_size\":8,\"hidden_size\":8,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"num_key_value_heads\":1,\"intermediate_size\":8,\"rms_norm_eps\":1e-5,\"tie_word_embeddings\":true}");
        File.WriteAllBytes(path, valid);
        ModelFile.Open(_folder).Dispose();

        (int opened, int refused) = Fuzz(path, _folder, valid, header, seed: 2);

        Assert.Equal(s_count / 2, opened + refused);
        Assert.InRange(refused, 1, s_count);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static (int Opened, int Refused) Fuzz(string path, string model, byte[] valid, int header, int seed)
    {
        Random random = new(seed);
        (int opened, int refused) = (0, 0);
        for (int i = 0; i < s_count / 2; i++)
        {
            byte[] bytes = Mutate(random, valid, header);
            File.WriteAllBytes(path, bytes);
            try
            {
                ModelFile.Open(model).Dispose();
                opened++;
            }
            catch (ModelFileException)
            {
                refused++;
            }
            catch (Exception e) when (e is not ModelFileException)
            {
                Assert.Fail($"mutation {i} of seed {seed}: {e}\n{Convert.ToBase64String(bytes)}");
            }
        }

        return (opened, refused);
    }

    /// <summary>One to four faults: a bit, a byte, an extreme number, a piece moved, a piece lost, the end cut off.</summary>
    private static byte[] Mutate(Random random, byte[] valid, int header)
    {
        byte[] bytes = [.. valid];
        for (int faults = random.Next(1, 5); faults > 0; faults--)
        {
            int at = random.Next(Math.Min(header, bytes.Length - 8));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    ulong[] extremes = [0, 1, ulong.MaxValue, long.MaxValue, 1UL << 31, 1UL << 40, uint.MaxValue, 1UL << 63];
                    BitConverter.TryWriteBytes(bytes.AsSpan(at), extremes[random.Next(extremes.Length)]);
                    break;
                case 3:
                    int from = random.Next(Math.Min(header, bytes.Length - 8));
                    bytes.AsSpan(from, random.Next(8)).ToArray().CopyTo(bytes, at);
                    break;
                case 4:
                    bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(Math.Min(bytes.Length - 8, at + random.Next(1, 9)))];
                    break;
                default:
                    bytes = random.Next(8) == 0 ? bytes[..Math.Max(16, at)] : bytes;
                    break;
            }
        }

        return bytes;
    }

    private static (string Name, string InFolder, int[] Shape)[] Tensors() =>
    [
        ("token_embd.weight", "model.embed_tokens.weight", [8, 8]),
        ("output_norm.weight", "model.norm.weight", [8]),
        ("blk.0.attn_norm.weight", "model.layers.0.input_layernorm.weight", [8]),
        ("blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight", [8, 8]),
        ("blk.0.attn_k.weight", "model.layers.0.self_attn.k_proj.weight", [4, 8]),
        ("blk.0.attn_v.weight", "model.layers.0.self_attn.v_proj.weight", [4, 8]),
        ("blk.0.attn_output.weight", "model.layers.0.self_attn.o_proj.weight", [8, 8]),
        ("blk.0.ffn_norm.weight", "model.layers.0.post_attention_layernorm.weight", [8]),
        ("blk.0.ffn_gate.weight", "model.layers.0.mlp.gate_proj.weight", [8, 8]),
        ("blk.0.ffn_up.weight", "model.layers.0.mlp.up_proj.weight", [8, 8]),
        ("blk.0.ffn_down.weight", "model.layers.0.mlp.down_proj.weight", [8, 8]),
    ];

    private static byte[] Gguf(out int header)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)Tensors().Length);
        writer.Write(11UL);
        Key("general.architecture", 8, () => Text("llama"));
        (string Name, uint Value)[] sizes =
            [("context_length", 64), ("embedding_length", 8), ("block_count", 1), ("feed_forward_length", 8), ("attention.head_count", 2), ("attention.head_count_kv", 1), ("vocab_size", 8)];
        foreach ((string name, uint value) in sizes)
        {
            Key("llama." + name, 4, () => writer.Write(value));
        }

        Key("llama.attention.layer_norm_rms_epsilon", 6, () => writer.Write(1e-5f));
        Key("general.tags", 9, () =>
        {
            writer.Write(8u);
            writer.Write(2UL);
            Text("one");
            Text("two");
        });
        Key("general.quantized", 7, () => writer.Write((byte)1));
        ulong offset = 0;
        foreach ((string name, _, int[] shape) in Tensors())
        {
            Text(name);
            writer.Write((uint)shape.Length);
            foreach (int size in shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write(0u);
            writer.Write(offset);
            offset += (ulong)shape.Aggregate(4, (product, n) => product * n);
        }

        header = (int)stream.Length;
        writer.Write(new byte[-stream.Length & 31]);
        writer.Write(new byte[offset]);
        return stream.ToArray();

        void Text(string text)
        {
            writer.Write((ulong)text.Length);
            writer.Write(Encoding.ASCII.GetBytes(text));
        }

        void Key(string name, uint type, Action value)
        {
            Text(name);
            writer.Write(type);
            value();
        }
    }

    private static byte[] Safetensors(out int header)
    {
        StringBuilder json = new("{\"__metadata__\":{\"format\":\"pt\"}");
        int offset = 0;
        foreach ((_, string name, int[] shape) in Tensors())
        {
            int bytes = shape.Aggregate(4, (product, n) => product * n);
            json.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offset},{offset + bytes}]}}");
            offset += bytes;
        }

        byte[] text = Encoding.ASCII.GetBytes(json.Append('}').ToString());
        header = 8 + text.Length;
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. new byte[offset]];
    }
}

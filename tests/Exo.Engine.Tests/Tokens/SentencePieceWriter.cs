using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Gguf;

namespace Exo.Engine.Tests.Tokens;

/// <summary>Writes a tokenizer.model from what a converter kept of it in a GGUF file.</summary>
internal static class SentencePieceWriter
{
    private const string Prefix = "tokenizer.ggml.";

    public static byte[] Write(GgufMetadata metadata)
    {
        bool unigram = metadata.GetString(Prefix + "model") == "t5";
        string[] tokens = metadata.GetStrings(Prefix + "tokens")!;
        float[] scores = metadata.GetNumbers(Prefix + "scores")!;
        long[] kinds = [.. metadata.GetIntegers(Prefix + "token_type")!.Select(kind => (long)kind)];
        List<byte> file = [];
        for (int id = 0; id < tokens.Length; id++)
        {
            List<byte> piece = [];
            Field(piece, 1, Encoding.UTF8.GetBytes(tokens[id]));
            Single(piece, 2, scores[id]);
            Integer(piece, 3, kinds[id]);
            Field(file, 1, [.. piece]);
        }

        List<byte> trainer = [];
        Integer(trainer, 3, unigram ? 1 : 2);
        Integer(trainer, 40, metadata.GetInteger(Prefix + "unknown_token_id") ?? 0);
        Integer(trainer, 41, metadata.GetInteger(Prefix + "bos_token_id") ?? -1);
        Integer(trainer, 42, metadata.GetInteger(Prefix + "eos_token_id") ?? 2);
        Field(file, 2, [.. trainer]);
        List<byte> normaliser = [];
        Field(normaliser, 1, unigram ? "nmt_nfkc"u8 : "identity"u8);
        Field(normaliser, 2, [.. metadata.GetIntegers(Prefix + "precompiled_charsmap")?.Select(value => (byte)value) ?? []]);
        Integer(normaliser, 3, metadata.GetBool(Prefix + "add_space_prefix") ?? true ? 1 : 0);
        Integer(normaliser, 4, unigram ? 1 : 0);
        Field(file, 3, [.. normaliser]);
        return [.. file];
    }

    public static void Field(List<byte> to, int field, ReadOnlySpan<byte> value)
    {
        Varint(to, ((ulong)field << 3) | 2);
        Varint(to, (ulong)value.Length);
        to.AddRange(value);
    }

    public static void Integer(List<byte> to, int field, long value)
    {
        Varint(to, (ulong)field << 3);
        Varint(to, (ulong)value);
    }

    public static void Single(List<byte> to, int field, float value)
    {
        Varint(to, ((ulong)field << 3) | 5);
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        to.AddRange(bytes);
    }

    private static void Varint(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }
}

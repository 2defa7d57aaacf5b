using Akka.Actor;
using Akka.Remote.Transport;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class FrameTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using FrameBuffer buffer = new(8);
        Random random = new(3);
        List<(uint Number, string Text, long Long)> values = [.. Enumerable.Range(0, 500).Select(i =>
            ((uint)random.NextInt64(1L << random.Next(33)), new string('ä', random.Next(40)), random.NextInt64()))];
        foreach ((uint number, string text, long value) in values)
        {
            buffer.WriteVarint(number);
            buffer.WriteText(text);
            buffer.WriteInt64(value);
        }

        FrameCursor cursor = new(buffer.Written.Span);
        foreach ((uint number, string text, long value) in values)
        {
            Assert.Equal(number, cursor.ReadVarint());
            Assert.Equal(text, cursor.ReadText());
            Assert.Equal(value, cursor.ReadInt64());
        }
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_but_never_outside_of_the_frame()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            TextNumbers.Reader texts = new();
            Exception error = Record.Exception(() =>
            {
                FrameCursor cursor = new(bytes);
                while (!cursor.Rest.IsEmpty)
                    texts.Read(ref cursor);
            });
            Assert.True(error is null or InvalidDataException, $"seed {seed}: {error}");
            error = Record.Exception(() => Handshake.DecodeHello(bytes));
            Assert.True(error is null or InvalidDataException, $"seed {seed}: {error}");
            error = Record.Exception(() => Handshake.DecodeReply(bytes));
            Assert.True(error is null or InvalidDataException, $"seed {seed}: {error}");
        }
    }

    [Fact]
    public void A_greeting_survives_the_wire_and_its_proof_binds_every_part()
    {
        Address from = new("akka.tcp", "ring", "127.0.0.1", 1);
        Address to = new("akka.tcp", "ring", "127.0.0.1", 2);
        Handshake.Hello hello = new(Handshake.ProtocolVersion, Lane.Bulk, Handshake.NewNonce(), new byte[Handshake.BindingBytes], 77, from, to);
        byte[] bytes = Handshake.Encode(hello);
        Assert.Equal(bytes.Length - Handshake.PrefixBytes, Handshake.BodyLength(bytes.AsSpan(0, Handshake.PrefixBytes)));
        Handshake.Hello read = Handshake.DecodeHello(bytes.AsSpan(Handshake.PrefixBytes));
        Assert.Equal((hello.Lane, hello.Uid, hello.From, hello.To), (read.Lane, read.Uid, read.From, read.To));

        byte[] key = "secret"u8.ToArray();
        byte[] nonce = Handshake.NewNonce();
        byte[] proof = Handshake.Prove(key, true, hello, 5, nonce);
        Assert.Equal(proof, Handshake.Prove(key, true, read, 5, nonce));
        Assert.NotEqual(proof, Handshake.Prove(key, false, hello, 5, nonce));
        Assert.NotEqual(proof, Handshake.Prove(key, true, hello, 6, nonce));
        Assert.NotEqual(proof, Handshake.Prove(key, true, hello with { Uid = 78 }, 5, nonce));
        Assert.NotEqual(proof, Handshake.Prove(key, true, hello with { Lane = Lane.Control }, 5, nonce));
        Assert.NotEqual(proof, Handshake.Prove("Secret"u8.ToArray(), true, hello, 5, nonce));
    }

    [Theory]
    [InlineData("/user/shards/*", "/user/shards/a", true)]
    [InlineData("/user/shards/*", "/user/shards/a/b", false)]
    [InlineData("/user/shards/**", "/user/shards/a/b", true)]
    [InlineData("/user/shards/**", "/user/shards", true)]
    [InlineData("/user/bulk-*", "/user/bulk-7", true)]
    [InlineData("/user/bulk-*", "/user/bulb", false)]
    [InlineData("/user/x", "/user/x", true)]
    [InlineData("/user/x", "/user", false)]
    public void Paths_match_patterns(string pattern, string path, bool matches) => Assert.Equal(matches, PathPattern.Matches(pattern, path));
}

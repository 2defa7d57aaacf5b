using System.Buffers.Binary;
using System.Text;
using Pbm.Protocol;

namespace Pbm.Tests;

public sealed class PbmFramesTests
{
    [Fact]
    public async Task Messages_come_out_as_they_went_in_however_the_stream_is_cut()
    {
        using MemoryStream sent = new();
        await PbmFrames.WriteAsync(sent, new PbmProtocol.Hello(1), CancellationToken.None);
        await PbmFrames.WriteAsync(sent, new PbmProtocol.Invoke(7, "exo", "load", new() { ["model"] = "toy" }), CancellationToken.None);
        await PbmFrames.WriteAsync(sent, new PbmProtocol.Reply(7, "done", new PbmProtocol.Table(["a"], [["1"], ["2"]]), null, true, 0), CancellationToken.None);
        using OneByteStream drip = new(sent.ToArray());

        Assert.Equal(new PbmProtocol.Hello(1), await ReadAsync(drip));
        PbmProtocol.Invoke invoke = Assert.IsType<PbmProtocol.Invoke>(await ReadAsync(drip));
        PbmProtocol.Reply reply = Assert.IsType<PbmProtocol.Reply>(await ReadAsync(drip));
        Assert.Null(await ReadAsync(drip));
        Assert.Equal(("exo", "load", "toy"), (invoke.Palette, invoke.Command, invoke.Arguments["model"]));
        Assert.Equal(["1", "2"], reply.Table!.Rows.Select(row => row[0]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\0\0\0\u0002{}")]
    [InlineData("\0\0\0\u0004null")]
    [InlineData("\0\0\0\u0009{\"type\":5}")]
    [InlineData("\0\0\0\u0012{\"type\":\"surprise\"}")]
    [InlineData("\0\0\0\u0010{\"type\":\"hello\"}")]
    [InlineData("\0\0\0\u0064short")]
    [InlineData("\0\0")]
    public async Task What_is_no_frame_is_refused_with_a_reason(string bytes)
    {
        using MemoryStream stream = new(Encoding.Latin1.GetBytes(bytes));
        PbmProtocolException refused = await Assert.ThrowsAsync<PbmProtocolException>(() => PbmFrames.ReadAsync(stream, PbmFrames.MaxBytes, CancellationToken.None));
        Assert.NotEmpty(refused.Message);
    }

    [Fact]
    public async Task A_frame_over_the_limit_is_refused_before_it_is_read()
    {
        byte[] header = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(header, 1001);
        using MemoryStream stream = new(header);
        PbmProtocolException refused = await Assert.ThrowsAsync<PbmProtocolException>(() => PbmFrames.ReadAsync(stream, 1000, CancellationToken.None));
        Assert.Contains("1001", refused.Message);
    }

    private static Task<PbmProtocol.Message?> ReadAsync(Stream stream) => PbmFrames.ReadAsync(stream, PbmFrames.MaxBytes, CancellationToken.None);

    /// <summary>Gives a byte at a time, as a slow network does.</summary>
    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}

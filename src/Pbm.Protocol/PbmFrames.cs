using System.Buffers.Binary;
using System.Text.Json;

namespace Pbm.Protocol;

/// <summary>
/// Messages on a stream: four bytes of length, big-endian, then that many bytes of UTF-8 JSON.
/// The length is judged before a byte is reserved, so that a stranger on the port costs nothing.
/// </summary>
public static class PbmFrames
{
    /// <summary>No frame is longer; a cluster of a thousand devices stays below it.</summary>
    public const int MaxBytes = 1 << 20;

    public static async Task WriteAsync(Stream stream, PbmProtocol.Message message, CancellationToken ct)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, PbmJson.Default.Message);
        if (body.Length > MaxBytes)
        {
            throw new PbmProtocolException($"A message of {body.Length} bytes exceeds the frame limit of {MaxBytes}.");
        }

        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        await stream.WriteAsync(frame, ct);
        await stream.FlushAsync(ct);
    }

    /// <summary>The next message, or null when the other side closed between two frames.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="maxBytes">The longest frame to accept, at most <see cref="MaxBytes"/>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="PbmProtocolException">Length out of range, a cut frame, or no message of the protocol.</exception>
    public static async Task<PbmProtocol.Message?> ReadAsync(Stream stream, int maxBytes, CancellationToken ct)
    {
        byte[] header = new byte[4];
        int read = await stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false, ct);
        if (read == 0)
        {
            return null;
        }

        int length = read == 4 ? BinaryPrimitives.ReadInt32BigEndian(header) : throw new PbmProtocolException("The connection ended within a frame's length.");
        if (length <= 0 || length > maxBytes)
        {
            throw new PbmProtocolException($"A frame claims {(uint)length} bytes; 1 to {maxBytes} are accepted. The other side does not speak the pbm protocol.");
        }

        byte[] body = new byte[length];
        if (await stream.ReadAtLeastAsync(body, length, throwOnEndOfStream: false, ct) < length)
        {
            throw new PbmProtocolException($"The connection ended within a frame of {length} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize(body, PbmJson.Default.Message) ?? throw new PbmProtocolException("A frame holds null instead of a message.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new PbmProtocolException("A frame does not hold a message of the pbm protocol.", e);
        }
    }
}

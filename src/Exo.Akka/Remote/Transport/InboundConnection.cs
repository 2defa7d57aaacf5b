using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>Reads frames from a connection that another node opened. A payload is copied once: from the socket into the array that its serializer gets.</summary>
internal sealed class InboundConnection : IDisposable
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Recipient, sender and manifest of a message must fit in this.</summary>
    private const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Receivers are woken after this much of a full buffer, so that the first of them does not wait for the last.</summary>
    private const int WakeUpBytes = 8 * 1024;

    private readonly TcpRemoteTransport _transport;
    private readonly PeerConnection _connection;
    private readonly TextNumbers.Reader _texts = new();
    private readonly int _maxFrameBytes;

    public InboundConnection(TcpRemoteTransport transport, PeerConnection connection, Address remote, int uid, Lane lane)
    {
        _transport = transport;
        _connection = connection;
        Remote = remote;
        Uid = uid;
        Lane = lane;
        _maxFrameBytes = MaxHeaderBytes + (lane == Lane.Bulk ? transport.Options.BulkFrameBytes : transport.Options.ControlFrameBytes);
    }

    public Address Remote { get; }

    public int Uid { get; }

    public Lane Lane { get; }

    /// <summary>Receivers of the frames that are being read.</summary>
    public WakeUps WakeUps { get; } = new();

    public void Dispose() => _connection.Dispose();

    public async Task ReadAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        string end = "closed by the other side";
        try
        {
            int filled = 0;
            while (true)
            {
                int received = await _connection.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
                if (received == 0)
                    break;
                filled += received;
                int consumed = ReadFrames(buffer.AsSpan(0, filled), out PartialMessage partial);
                if (partial is not null)
                {
                    await FillAsync(partial).ConfigureAwait(false);
                    _transport.Deliver(this, partial.Recipient, partial.Sender, partial.SerializerId, partial.Manifest, partial.Payload);
                    WakeUps.Give();
                    filled = 0;
                    continue;
                }

                filled -= consumed;
                if (filled > 0 && consumed > 0)
                    buffer.AsSpan(consumed, filled).CopyTo(buffer);
            }
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause))
        {
            end = cause.Message;
        }
        catch (InvalidDataException cause)
        {
            _transport.Log.Warning("Closing the {0} connection from {1}: {2}", Lane, Remote, cause.Message);
            end = cause.Message;
        }
#pragma warning disable CA1031 // What a delivery throws would vanish with this task: it is said, and costs the connection alone.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _transport.Log.Error(cause, "Closing the {0} connection from {1}: its message could not be delivered", Lane, Remote);
            end = cause.Message;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _transport.Ended(this, end);
        }
    }

    /// <summary>Delivers the whole frames at the beginning; returns how many bytes they took.</summary>
    internal int ReadFrames(ReadOnlySpan<byte> bytes, out PartialMessage partial)
    {
        try
        {
            return ReadWholeFrames(bytes, out partial);
        }
        finally
        {
            WakeUps.Give();
        }
    }

    private int ReadWholeFrames(ReadOnlySpan<byte> bytes, out PartialMessage partial)
    {
        int consumed = 0;
        int wokenAt = 0;
        partial = null;
        while (bytes.Length - consumed >= sizeof(int))
        {
            ReadOnlySpan<byte> rest = bytes[consumed..];
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 1 || length > _maxFrameBytes)
                throw new InvalidDataException($"a frame of {length} bytes; at most {_maxFrameBytes} are allowed on this connection");
            rest = rest[sizeof(int)..];
            if (rest.Length >= length)
            {
                ReadFrame(rest[..length]);
                consumed += sizeof(int) + length;
                if (consumed - wokenAt >= WakeUpBytes)
                {
                    WakeUps.Give();
                    wokenAt = consumed;
                }

                continue;
            }

            // A frame that can never fit in the buffer is begun as soon as its header is certainly here.
            if (length > BufferBytes / 2 && rest.Length >= MaxHeaderBytes)
                partial = Begin(rest, length);
            break;
        }

        return consumed;
    }

    private PartialMessage Begin(ReadOnlySpan<byte> available, int length)
    {
        FrameCursor cursor = new(available);
        if ((FrameKind)cursor.ReadByte() != FrameKind.Message)
            throw new InvalidDataException($"a frame of {length} bytes that is no message");
        TextNumbers.Entry recipient = _texts.Read(ref cursor);
        TextNumbers.Entry sender = _texts.Read(ref cursor);
        int serializerId = cursor.ReadInt32();
        TextNumbers.Entry manifest = _texts.Read(ref cursor);
        int headerBytes = available.Length - cursor.Rest.Length;
        byte[] payload = GC.AllocateUninitializedArray<byte>(length - headerBytes);
        cursor.Rest.CopyTo(payload);
        return new PartialMessage(recipient, sender, serializerId, manifest, payload, cursor.Rest.Length);
    }

    private async ValueTask FillAsync(PartialMessage partial)
    {
        int filled = partial.Filled;
        while (filled < partial.Payload.Length)
        {
            int received = await _connection.ReceiveAsync(partial.Payload.AsMemory(filled)).ConfigureAwait(false);
            if (received == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            filled += received;
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> body)
    {
        FrameCursor cursor = new(body);
        FrameKind kind = (FrameKind)cursor.ReadByte();
        switch (kind)
        {
            case FrameKind.Message:
                TextNumbers.Entry recipient = _texts.Read(ref cursor);
                TextNumbers.Entry sender = _texts.Read(ref cursor);
                int serializerId = cursor.ReadInt32();
                TextNumbers.Entry manifest = _texts.Read(ref cursor);
                _transport.Deliver(this, recipient, sender, serializerId, manifest, Copy(cursor.Rest));
                break;
            case FrameKind.System:
                _transport.DeliverSystem(this, cursor.ReadInt64(), cursor.Rest);
                break;
            case FrameKind.Ack:
                _transport.Acknowledged(this, cursor.ReadInt32(), cursor.ReadInt64());
                break;
            case FrameKind.ResetTexts:
                _texts.Clear();
                break;
            default:
                throw new InvalidDataException($"a frame of unknown kind {(byte)kind}");
        }
    }

    private static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = GC.AllocateUninitializedArray<byte>(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    internal sealed record PartialMessage(
        TextNumbers.Entry Recipient, TextNumbers.Entry Sender, int SerializerId, TextNumbers.Entry Manifest, byte[] Payload, int Filled);
}

using System.Net.Sockets;

namespace Akka.Remote.Transport;

/// <summary>
/// What TLS stands on. It either waits for its socket, or is fed by hand: the heartbeat thread waits for all of its sockets at
/// once and gives what it read; then whoever reads goes on within <see cref="Feed"/>, and what does not fit into the socket's
/// buffer breaks the connection.
/// </summary>
internal sealed class TlsPipe : Stream
{
    /// <summary>TLS writes records of 16 KiB; this many bytes of them go out with one call.</summary>
    private const int GatherBytes = 68 * 1024;

    private readonly Socket _socket;
    private readonly FrameBuffer _gathered = new(512);
    private ReadOnlyMemory<byte> _unread;
    private TaskCompletionSource<int> _reader;
    private Memory<byte> _readInto;
    private byte[] _fed = [];
    private int _fedBytes;
    private bool _isFed;
    private bool _hasEnded;
    private bool _hasHeard;

    /// <param name="socket">Where the bytes come from and go to.</param>
    /// <param name="unread">What was read from it before.</param>
    public TlsPipe(Socket socket, ReadOnlyMemory<byte> unread = default)
    {
        _socket = socket;
        _unread = unread;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True once bytes did not fit into a socket that is not waited for.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>True when the first bytes that came are a greeting without TLS.</summary>
    public bool HeardPlainGreeting { get; private set; }

    /// <summary>True while written bytes are kept until the next flush.</summary>
    public bool Gathers { get; set; }

    /// <summary>From now on the socket is not waited for.</summary>
    public void BeFed()
    {
        _isFed = true;
        Gathers = false;
    }

    /// <summary>Gives what came from the socket; nothing means its end.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _hasEnded |= bytes.IsEmpty;
        if (_fed.Length - _fedBytes < bytes.Length)
            Array.Resize(ref _fed, Math.Max(1024, (_fedBytes + bytes.Length) * 2));
        bytes.CopyTo(_fed.AsSpan(_fedBytes));
        _fedBytes += bytes.Length;
        if (_reader is not { } reader)
            return;
        _reader = null;
        reader.SetResult(TakeFed(_readInto.Span));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_unread.IsEmpty)
        {
            int count = Math.Min(_unread.Length, buffer.Length);
            _unread[..count].CopyTo(buffer);
            _unread = _unread[count..];
            return new ValueTask<int>(count);
        }

        if (!_isFed)
            return _hasHeard ? _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) : HearAsync(buffer, cancellationToken);
        if (buffer.IsEmpty || _fedBytes > 0 || _hasEnded)
            return new ValueTask<int>(TakeFed(buffer.Span));
        _readInto = buffer;
        _reader = new TaskCompletionSource<int>();
        return new ValueTask<int>(_reader.Task);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isFed)
        {
            SendNow(buffer.Span);
            return ValueTask.CompletedTask;
        }

        if (!Gathers)
            return SendAsync(buffer, cancellationToken);
        _gathered.WriteBytes(buffer.Span);
        return _gathered.Length >= GatherBytes ? SendGatheredAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Sends what was gathered.</summary>
    public ValueTask SendGatheredAsync(CancellationToken token)
    {
        return _gathered.Length == 0 ? ValueTask.CompletedTask : RunAsync();

        async ValueTask RunAsync()
        {
            await SendAsync(_gathered.Written, token).ConfigureAwait(false);
            _gathered.Shrink(GatherBytes + (32 * 1024));
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is held back from TLS itself: gathered bytes have their own way out.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This connection is only read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("This connection is only written asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, token).ConfigureAwait(false)..];
    }

    private async ValueTask<int> HearAsync(Memory<byte> buffer, CancellationToken token)
    {
        int count = await _socket.ReceiveAsync(buffer, SocketFlags.None, token).ConfigureAwait(false);
        _hasHeard = count > 0;
        HeardPlainGreeting = Handshake.IsPlainGreeting(buffer.Span[..count]);
        return count;
    }

    private void SendNow(ReadOnlySpan<byte> bytes)
    {
        try
        {
            IsBroken |= _socket.Send(bytes, SocketFlags.None, out _) != bytes.Length;
        }
        catch (ObjectDisposedException)
        {
            IsBroken = true;
        }
    }

    private int TakeFed(Span<byte> into)
    {
        int count = Math.Min(_fedBytes, into.Length);
        _fed.AsSpan(0, count).CopyTo(into);
        _fedBytes -= count;
        _fed.AsSpan(count, _fedBytes).CopyTo(_fed);
        return count;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Akka.Remote.Transport;

/// <summary>
/// One outgoing connection: a bounded queue and, while it is not empty, one drainer that connects, writes in batches and
/// gives up what it cannot deliver. The caller that finds the lane idle drains it itself, which saves a thread switch; in a burst the
/// thread pool does, as otherwise every message would be a batch of its own.
/// </summary>
#pragma warning disable CA1001 // The drainer may still be writing when a lane is given up: the collector takes the buffer.
internal sealed class OutboundLane : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private const int BatchBytes = 64 * 1024;

    /// <summary>Batches that one work item writes before others have their turn.</summary>
    private const int BatchesInARow = 16;

    /// <summary>A message that follows the last batch sooner belongs to a burst. To write it at once would cost about as long.</summary>
    private static readonly long s_burstGap = Stopwatch.Frequency / 100_000;

    private readonly ConcurrentQueue<Outgoing> _queue = new();
    private readonly Association _association;
    private readonly TextNumbers _texts = new();
    private readonly FrameBuffer _buffer = new(BatchBytes + 1024);
    private readonly long _maxQueuedBytes;
    private long _queuedBytes;
    private int _pending;
    private volatile PeerConnection _connection;
    private long _writtenSequence;
    private bool _owesSystemMessages;
    private int _isOverflowing;
    private long _drainedAt;

    public OutboundLane(Association association, Lane lane, long maxQueuedBytes)
    {
        _association = association;
        Lane = lane;
        _maxQueuedBytes = maxQueuedBytes;
    }

    public Lane Lane { get; }

    public bool IsConnected => _connection is not null;

    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    public void Send(in Outgoing outgoing)
    {
        if (Interlocked.Add(ref _queuedBytes, outgoing.Size) > _maxQueuedBytes && outgoing.Kind == FrameKind.Message)
        {
            Interlocked.Add(ref _queuedBytes, -outgoing.Size);
            bool isFirst = Interlocked.Exchange(ref _isOverflowing, 1) == 0;
            _association.Drop(outgoing, isFirst ? $"more than {_maxQueuedBytes} bytes wait on the {Lane} connection" : null);
            return;
        }

        _queue.Enqueue(outgoing);
        if (Interlocked.Increment(ref _pending) != 1)
            return;
        if (Stopwatch.GetTimestamp() - Volatile.Read(ref _drainedAt) < s_burstGap)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        else
            _ = DrainAsync(batches: 1);
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync(BatchesInARow);

    public void Disconnect() => Interlocked.Exchange(ref _connection, null)?.Dispose();

    private async Task DrainAsync(int batches)
    {
        do
        {
            int handled = _connection is null && !await ConnectAsync().ConfigureAwait(false)
                ? DiscardQueued()
                : await WriteBatchAsync().ConfigureAwait(false);
            Volatile.Write(ref _drainedAt, Stopwatch.GetTimestamp());
            if (Interlocked.Add(ref _pending, -handled) == 0)
                return;
        }
        while (_connection is null || --batches > 0);

        // The caller has its own work, and a thread of the pool other items: a burst goes on behind them.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task<bool> ConnectAsync()
    {
        PeerConnection connection = await _association.ConnectAsync(Lane).ConfigureAwait(false);
        if (connection is null)
            return false;
        _texts.Clear();
        _writtenSequence = 0;
        _owesSystemMessages = Lane == Lane.Control;
        _connection = connection;
        _ = WatchForEndAsync(connection);
        return true;
    }

    /// <summary>The acceptor sends nothing after the handshake, so whatever is read here is the end of the connection.</summary>
    private async Task WatchForEndAsync(PeerConnection connection)
    {
        string reason = "closed by the other side";
        try
        {
            byte[] one = new byte[1];
            await connection.ReceiveAsync(one).ConfigureAwait(false);
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause))
        {
            reason = cause.Message;
        }

        Broken(connection, reason);
    }

    private void Broken(PeerConnection connection, string reason)
    {
        if (Interlocked.CompareExchange(ref _connection, null, connection) != connection)
            return;
        connection.Dispose();
        _association.Disconnected(Lane, reason);
    }

    private int DiscardQueued()
    {
        int count = 0;
        while (_queue.TryDequeue(out Outgoing outgoing))
        {
            count++;
            Interlocked.Add(ref _queuedBytes, -outgoing.Size);
            if (outgoing.Kind == FrameKind.Message)
                _association.Drop(outgoing, null);
        }

        return count;
    }

    private async ValueTask<int> WriteBatchAsync()
    {
        int count = 0;
        long bytes = 0;
        PeerConnection connection = _connection;
        if (connection is null)
            return 0;
        _buffer.Clear();
        if (_owesSystemMessages)
            WriteSystemMessages();
        try
        {
            while (_buffer.Length < BatchBytes && bytes < 2 * BatchBytes && _queue.TryDequeue(out Outgoing outgoing))
            {
                count++;
                bytes += outgoing.Size;
                int written = Write(outgoing);
                if (written == (outgoing.Payload?.Length ?? 0))
                    continue;
                await connection.SendAsync(_buffer.Written).ConfigureAwait(false);
                _buffer.Clear();
                await connection.SendAsync(outgoing.Payload.AsMemory(written)).ConfigureAwait(false);
            }

            await connection.SendAsync(_buffer.Written).ConfigureAwait(false);
            _buffer.Shrink(BatchBytes + 1024);
            _isOverflowing = 0;
        }
        catch (Exception cause) when (PeerConnection.IsEnd(cause))
        {
            Broken(connection, cause.Message);
        }

        Interlocked.Add(ref _queuedBytes, -bytes);
        return count;
    }

    /// <summary>Writes a frame into the batch; returns how much of its payload went in: the rest is sent without a copy.</summary>
    private int Write(in Outgoing outgoing)
    {
        switch (outgoing.Kind)
        {
            case FrameKind.Message:
                return WriteMessage(outgoing);
            case FrameKind.Ack:
                int ack = _buffer.BeginFrame(FrameKind.Ack);
                _buffer.WriteInt32(outgoing.Uid);
                _buffer.WriteInt64(outgoing.Sequence);
                _buffer.EndFrame(ack);
                return 0;
            default:
                WriteSystemMessages();
                return 0;
        }
    }

    private int WriteMessage(in Outgoing outgoing)
    {
        if (_texts.IsFull)
        {
            _buffer.EndFrame(_buffer.BeginFrame(FrameKind.ResetTexts));
            _texts.Clear();
        }

        int start = _buffer.BeginFrame(FrameKind.Message);
        _texts.WriteRef(_buffer, outgoing.Recipient, _association.LocalAddress);
        _texts.WriteRef(_buffer, outgoing.Sender, _association.LocalAddress);
        _buffer.WriteInt32(outgoing.SerializerId);
        _texts.WriteManifest(_buffer, outgoing.Manifest);
        byte[] payload = outgoing.Payload;
        int copied = payload.Length <= BatchBytes ? payload.Length : Math.Max(0, BatchBytes - _buffer.Length);
        _buffer.WriteBytes(payload.AsSpan(0, copied));
        _buffer.EndFrame(start, payload.Length - copied);
        return copied;
    }

    /// <summary>Writes, in order, all unacknowledged ones that this connection has not carried yet.</summary>
    private void WriteSystemMessages()
    {
        _owesSystemMessages = false;
        foreach ((long sequence, byte[] body) in _association.Unacknowledged(_writtenSequence))
        {
            int start = _buffer.BeginFrame(FrameKind.System);
            _buffer.WriteInt64(sequence);
            _buffer.WriteBytes(body);
            _buffer.EndFrame(start);
            _writtenSequence = sequence;
        }
    }
}

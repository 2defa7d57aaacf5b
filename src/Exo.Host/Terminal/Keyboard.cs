using System.Threading.Channels;

namespace Exo.Host.Terminal;

/// <summary>Lines from standard input, read on a thread of their own: the console's read cannot be cancelled.</summary>
internal sealed class Keyboard
{
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(16);

    private Keyboard() => new Thread(Read) { IsBackground = true, Name = "keyboard" }.Start();

    public static Keyboard Lines => field ??= new Keyboard();

    /// <summary>The next line; null at the end of input.</summary>
    public async Task<string?> NextAsync(CancellationToken ct)
    {
        try
        {
            return await _lines.Reader.ReadAsync(ct);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    private void Read()
    {
        while (Console.ReadLine() is { } line)
        {
            // Full only when somebody pastes faster than answers come; such lines are too many to be meant.
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}

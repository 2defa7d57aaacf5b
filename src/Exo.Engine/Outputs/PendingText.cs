namespace Exo.Engine.Outputs;

/// <summary>Text that came and was not used up yet, in one piece; both ends move in constant time on average.</summary>
internal sealed class PendingText
{
    private char[] _chars = new char[256];
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public ReadOnlySpan<char> Span => _chars.AsSpan(_start, Length);

    public void Append(ReadOnlySpan<char> text)
    {
        if (_end + text.Length > _chars.Length)
        {
            char[] room = Length + text.Length > _chars.Length / 2 ? new char[Math.Max(_chars.Length * 2, Length + text.Length)] : _chars;
            Span.CopyTo(room);
            (_chars, _end, _start) = (room, Length, 0);
        }

        text.CopyTo(_chars.AsSpan(_end));
        _end += text.Length;
    }

    public void Consume(int count) => _start += count;
}

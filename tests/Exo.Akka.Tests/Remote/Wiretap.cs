namespace Akka.Tests.Remote;

/// <summary>Passes everything on unchanged and remembers it.</summary>
internal sealed class Wiretap : MiddleMan
{
    private readonly List<byte> _seen = [];

    public int Seen
    {
        get
        {
            lock (_seen)
                return _seen.Count;
        }
    }

    public bool Contains(byte[] text)
    {
        lock (_seen)
            return _seen.ToArray().AsSpan().IndexOf(text) >= 0;
    }

    protected override Task<(Stream Client, Stream Node)> OpenAsync(Stream client, Stream node) => Task.FromResult((client, node));

    protected override void Passes(ReadOnlySpan<byte> bytes)
    {
        lock (_seen)
            _seen.AddRange(bytes);
    }
}

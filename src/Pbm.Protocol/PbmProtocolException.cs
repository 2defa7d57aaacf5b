namespace Pbm.Protocol;

/// <summary>The other side does not speak this protocol, or broke it; the message says how.</summary>
public sealed class PbmProtocolException : Exception
{
    public PbmProtocolException(string message)
        : base(message)
    {
    }

    public PbmProtocolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

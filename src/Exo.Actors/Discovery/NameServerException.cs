namespace Exo.Actors.Discovery;

/// <summary>A name server answered that it cannot tell. It says nothing about whether the name exists.</summary>
public sealed class NameServerException : Exception
{
    /// <summary>Without words.</summary>
    public NameServerException()
    {
    }

    /// <summary>With words.</summary>
    /// <param name="message">Which server, and what it answered.</param>
    public NameServerException(string message)
        : base(message)
    {
    }

    /// <summary>With words and a cause.</summary>
    /// <param name="message">Which server, and what it answered.</param>
    /// <param name="innerException">What led to it.</param>
    public NameServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

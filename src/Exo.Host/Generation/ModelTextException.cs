namespace Exo.Host.Generation;

/// <summary>A conversation cannot become a prompt of this model; the message says why.</summary>
internal sealed class ModelTextException : Exception
{
    public ModelTextException(string message)
        : base(message)
    {
    }

    public ModelTextException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

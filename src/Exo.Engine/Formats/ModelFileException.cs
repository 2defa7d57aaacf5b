namespace Exo.Engine.Formats;

/// <summary>
/// A model file cannot be used. The message names the file, the field, the offending value and what to do about it, and may be shown
/// to whoever chose the file. Lies below the readers of file formats, which all throw it.
/// </summary>
public sealed class ModelFileException : Exception
{
    /// <summary>A refusal with its whole text.</summary>
    /// <param name="message">File, field, value, remedy.</param>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal caused by the system or a parser.</summary>
    /// <param name="message">File, field, value, remedy.</param>
    /// <param name="cause">What happened below.</param>
    public ModelFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

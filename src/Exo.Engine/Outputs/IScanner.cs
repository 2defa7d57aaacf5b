namespace Exo.Engine.Outputs;

/// <summary>Finds the end of a value character by character.</summary>
internal interface IScanner
{
    /// <summary>Whether the value is complete.</summary>
    bool IsDone { get; }

    /// <summary>Takes the next character; false when it cannot follow.</summary>
    bool Step(char c);
}

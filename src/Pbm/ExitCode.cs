namespace Pbm;

/// <summary>What the program's end tells a script.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
}

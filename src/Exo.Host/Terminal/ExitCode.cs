namespace Exo.Host.Terminal;

/// <summary>What the program's end tells a script; no other number leaves `exo`.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
}

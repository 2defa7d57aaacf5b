namespace Akka.Configuration.Hocon;

/// <summary>A place in a HOCON text, counted from 1.</summary>
internal readonly record struct HoconPosition(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";
}

namespace Akka.Configuration.Hocon;

/// <summary>The key that a value was written for, and where it stands in its text.</summary>
internal sealed record HoconPlace(string Key, HoconPosition Position)
{
    public override string ToString() => $"{Key}, {Position}";
}

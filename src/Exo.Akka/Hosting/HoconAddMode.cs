namespace Akka.Hosting;

/// <summary>Append = fallback of what is there, Prepend = override of it, Replace = instead of it.</summary>
public enum HoconAddMode
{
    Append = 0,
    Prepend = 1,
    Replace = 2,
}

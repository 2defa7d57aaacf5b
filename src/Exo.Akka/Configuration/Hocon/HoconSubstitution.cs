namespace Akka.Configuration.Hocon;

public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    public HoconSubstitution(string path) => Path = path;

    protected HoconSubstitution()
    {
    }

    public string Path { get; set; }

    public HoconValue ResolvedValue { get; set; }

    internal bool IsOptional { get; init; }

    internal HoconPosition Position { get; init; }

    public IList<HoconValue> GetArray() => ResolvedValue?.GetArray() ?? [];

    public HoconObject GetObject() => ResolvedValue?.GetObject();

    public string GetString() => ResolvedValue?.GetString();

    public bool IsArray() => ResolvedValue?.IsArray() ?? false;

    public bool IsObject() => ResolvedValue?.IsObject() ?? false;

    public bool IsString() => ResolvedValue?.IsString() ?? false;
}

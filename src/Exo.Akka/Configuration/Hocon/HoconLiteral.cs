namespace Akka.Configuration.Hocon;

public class HoconLiteral : IHoconElement
{
    public string Value { get; set; }

    public IList<HoconValue> GetArray() => throw new InvalidOperationException("A HOCON literal is not an array");

    public string GetString() => Value;

    public bool IsArray() => false;

    public bool IsString() => true;

    public override string ToString() => Value;
}

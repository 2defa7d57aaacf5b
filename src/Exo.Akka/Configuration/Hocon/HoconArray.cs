namespace Akka.Configuration.Hocon;

public class HoconArray : List<HoconValue>, IHoconElement
{
    public IList<HoconValue> GetArray() => this;

    public string GetString() => throw new InvalidOperationException("A HOCON array is not a string");

    public bool IsArray() => true;

    public bool IsString() => false;

    public override string ToString() => "[" + string.Join(",", this) + "]";
}

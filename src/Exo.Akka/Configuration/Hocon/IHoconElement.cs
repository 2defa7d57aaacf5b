namespace Akka.Configuration.Hocon;

public interface IHoconElement
{
    IList<HoconValue> GetArray();

    string GetString();

    bool IsArray();

    bool IsString();
}

namespace Akka.Configuration.Hocon;

public interface IMightBeAHoconObject
{
    HoconObject GetObject();

    bool IsObject();
}

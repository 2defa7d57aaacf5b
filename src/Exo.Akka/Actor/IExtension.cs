namespace Akka.Actor;

public interface IExtension
{
}

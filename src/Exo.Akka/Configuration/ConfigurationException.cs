using Akka.Actor;

namespace Akka.Configuration;

public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception exception)
        : base(message, exception)
    {
    }

    public static ConfigurationException NullOrEmptyConfig<T>(string path = null)
        => new(path is null
            ? $"{typeof(T).Name} needs a configuration, but it got none"
            : $"{typeof(T).Name} needs the configuration section '{path}', but it is missing or empty");
}

namespace Akka.Configuration;

public static class ConfigExtensions
{
    public static bool IsNullOrEmpty(this Config config) => config is null || config.IsEmpty;

    public static Config SafeWithFallback(this Config config, Config fallback)
    {
        if (config.IsNullOrEmpty())
            return fallback ?? Config.Empty;
        if (fallback.IsNullOrEmpty() || ReferenceEquals(config, fallback))
            return config;
        return config.WithFallback(fallback);
    }
}

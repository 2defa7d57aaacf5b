namespace Exo.Host.Devices;

/// <summary>Where a device keeps its state: EXO_HOME, or the platform's place for application data.</summary>
internal static class HomeFolder
{
    public const string Variable = "EXO_HOME";

    public static string Resolve()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        return Path.GetFullPath(string.IsNullOrWhiteSpace(named) ? PlatformDefault() : named);
    }

    private static string PlatformDefault()
    {
        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "exo")
            : OperatingSystem.IsMacOS() ? Path.Combine(user, "Library", "Application Support", "exo")
            : Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? Path.Combine(data, "exo")
            : Path.Combine(user, ".local", "share", "exo");
    }
}

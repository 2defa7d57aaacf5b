using Exo.Actors.Configuration;
using Exo.Host.Terminal;

namespace Exo.Host.Doctor;

/// <summary>Whether this machine can offer the memory that it is told to. Pure.</summary>
internal static class MemoryDiagnosis
{
    /// <summary>Less holds no slice of a model worth the while beside the program itself.</summary>
    public const long LeastUseful = 256L << 20;

    /// <summary>One finding.</summary>
    /// <param name="limits">What there is.</param>
    /// <param name="setting">Where exo.device.memory comes from.</param>
    /// <param name="offered">Its bytes; null: it is left to the device.</param>
    public static Finding Of(MemoryLimits limits, EffectiveSetting setting, long? offered)
    {
        if (offered is not { } bytes)
        {
            return limits.UsableBytes >= LeastUseful
                ? new Finding("memory", true, limits.ToString(), "")
                : new Finding("memory", false, limits.ToString(), "End other programs, or raise the container's limit: a slice of a model needs more than that.");
        }

        string told = $"{limits}; {setting.Key} ({setting.Origin}) offers {Sizes.Text(bytes)}";
        return bytes > limits.MostBytes ? new Finding("memory", false, told, $"Offer at most {Sizes.Text(limits.MostBytes)}: layers would be placed here that do not fit.")
            : bytes > limits.UsableBytes ? new Finding("memory", true, told, "That is more than is free now: other programs, or a device that runs already, hold the rest.")
            : new Finding("memory", true, told, "");
    }
}

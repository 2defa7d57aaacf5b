namespace Exo.Actors.Configuration;

/// <summary>Where a value comes from; a later layer wins over the earlier ones.</summary>
public enum SettingLayer
{
    /// <summary><c>reference.conf</c>.</summary>
    Default,

    /// <summary>The user's HOCON file.</summary>
    File,

    /// <summary>An <c>EXO_</c> variable.</summary>
    Environment,

    /// <summary>An option of the command.</summary>
    CommandLine,
}

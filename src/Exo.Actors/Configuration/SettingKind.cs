namespace Exo.Actors.Configuration;

/// <summary>What a setting's value must look like.</summary>
public enum SettingKind
{
    /// <summary>Any text; empty means none.</summary>
    Text,

    /// <summary>A whole number within the setting's range.</summary>
    Integer,

    /// <summary>on, off, true or false.</summary>
    Switch,

    /// <summary>A time with a unit, as <c>700ms</c> or <c>2s</c>.</summary>
    Duration,

    /// <summary>A time with a unit, or <c>off</c>.</summary>
    DurationOrOff,

    /// <summary>Bytes, as <c>64MiB</c>; empty means that it is chosen.</summary>
    Size,

    /// <summary><c>HOST:PORT</c>; port 0 takes a free one.</summary>
    Address,

    /// <summary>Texts; in a variable with commas between them.</summary>
    List,

    /// <summary>One of the setting's words.</summary>
    Choice,
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pbm.Protocol;

/// <summary>
/// What `pbm` and a device say to each other: the client greets, the device answers with its palettes, then each
/// <see cref="Invoke"/> is answered by one or more <see cref="Reply"/> of which exactly one, the last, is final.
/// </summary>
public static class PbmProtocol
{
    /// <summary>Raised when a message changes its meaning; both sides name theirs and refuse another.</summary>
    public const int Version = 1;

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
    [JsonDerivedType(typeof(Hello), "hello")]
    [JsonDerivedType(typeof(Welcome), "welcome")]
    [JsonDerivedType(typeof(Invoke), "invoke")]
    [JsonDerivedType(typeof(Reply), "reply")]
    public abstract record Message;

    /// <summary>The client's first frame.</summary>
    public sealed record Hello(int Version) : Message;

    /// <summary>The device's answer to <see cref="Hello"/>: who it is and what it can be asked.</summary>
    public sealed record Welcome(int Version, string Device, Palette[] Palettes) : Message;

    /// <summary>A command with the values of its arguments by name; a flag has the value "true".</summary>
    public sealed record Invoke(int Id, string Palette, string Command, Dictionary<string, string> Arguments) : Message;

    /// <summary>Part of an answer. A table is shown as such; <paramref name="Json"/> is the same for programs.</summary>
    /// <param name="Id">The id of the <see cref="Invoke"/>.</param>
    /// <param name="Text">A line or paragraph for people, or null.</param>
    /// <param name="Table">Rows for people, or null.</param>
    /// <param name="Json">The answer for programs, or null.</param>
    /// <param name="Final">The last reply of this id.</param>
    /// <param name="ExitCode">0 ok, 1 failure, 2 usage; of the final reply.</param>
    public sealed record Reply(int Id, string? Text, Table? Table, JsonElement? Json, bool Final, int ExitCode) : Message;

    public sealed record Table(string[] Columns, string[][] Rows);

    /// <summary>A named group of commands, as `cluster` or `exo`.</summary>
    public sealed record Palette(string Name, string Description, CommandDefinition[] Commands);

    public sealed record CommandDefinition(string Name, string Description, ArgumentDefinition[] Arguments);

    /// <param name="Name">The key in <see cref="Invoke.Arguments"/>.</param>
    /// <param name="Description">One sentence.</param>
    /// <param name="Positional">Given without a switch; otherwise as --name.</param>
    /// <param name="Mandatory">The command is refused without it.</param>
    /// <param name="Flag">A switch without a value.</param>
    public sealed record ArgumentDefinition(string Name, string Description, bool Positional, bool Mandatory, bool Flag);
}

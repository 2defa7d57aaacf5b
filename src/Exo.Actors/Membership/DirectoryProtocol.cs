using Akka.Actor;
using Exo.Actors.Protocol;

namespace Exo.Actors.Membership;

/// <summary>How devices introduce themselves, and how the others of a device hear of it.</summary>
public static class DirectoryProtocol
{
    /// <summary>The directory's name below <c>/user</c>.</summary>
    public const string Path = "devices";

    /// <summary>A device introduces itself to another one's directory.</summary>
    /// <param name="Address">Its address.</param>
    /// <param name="Uid">Its incarnation.</param>
    /// <param name="Profile">What it tells of itself.</param>
    /// <param name="Answer">Whether it wants to hear the same in return.</param>
    public sealed record Hello(string Address, int Uid, DeviceProfile Profile, bool Answer) : IWireMessage;

    /// <summary>Local: tell me <see cref="Changed"/> now and at every change.</summary>
    /// <param name="Listener">Who wants to know.</param>
    public sealed record Listen(IActorRef Listener);

    /// <summary>Local: the directory as it is now.</summary>
    /// <param name="View">All devices.</param>
    public sealed record Changed(DirectoryView View);
}

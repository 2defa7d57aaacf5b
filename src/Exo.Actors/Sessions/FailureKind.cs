namespace Exo.Actors.Sessions;

/// <summary>What kind of failure ended a session; the edge maps it to its status codes.</summary>
public enum FailureKind
{
    /// <summary>There is no such model.</summary>
    UnknownModel,

    /// <summary>The request cannot be served as it is.</summary>
    InvalidRequest,

    /// <summary>The devices do not suffice now; a device may bring the service back.</summary>
    NotEnoughMemory,

    /// <summary>No ring came about in time.</summary>
    Unavailable,

    /// <summary>The computation failed.</summary>
    Internal,
}

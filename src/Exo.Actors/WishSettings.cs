using Akka.Configuration;

namespace Exo.Actors;

/// <summary>The keys below <c>exo.ring</c> that size a ring.</summary>
/// <param name="Sessions">Sessions that run at once.</param>
/// <param name="ContextTokens">Tokens of a session at most.</param>
internal sealed record WishSettings(int Sessions, int ContextTokens)
{
    public static WishSettings Read(Config config)
    {
        int sessions = config.GetInt("exo.ring.sessions");
        int context = config.GetInt("exo.ring.context-tokens");
        return sessions is < 1 or > 1024 ? throw new ConfigurationException($"exo.ring.sessions is {sessions}; use 1 to 1024.")
            : context < 16 ? throw new ConfigurationException($"exo.ring.context-tokens is {context}; use 16 or more.")
            : new WishSettings(sessions, context);
    }
}

using Akka.Configuration;
using Exo.Engine.Kernels;

namespace Exo.Actors;

/// <summary>The keys that size a ring and say how it stores keys and values.</summary>
/// <param name="Sessions">Sessions that run at once.</param>
/// <param name="ContextTokens">Tokens of a session at most.</param>
/// <param name="Cache">How keys and values are stored, on all devices of the rings that this one asks for.</param>
internal sealed record WishSettings(int Sessions, int ContextTokens, KvCacheType Cache)
{
    public static WishSettings Read(Config config)
    {
        int sessions = config.GetInt("exo.ring.sessions");
        int context = config.GetInt("exo.ring.context-tokens");
        string cache = config.GetString("exo.engine.kv-cache");
        return sessions is < 1 or > 1024 ? throw new ConfigurationException($"exo.ring.sessions is {sessions}; use 1 to 1024.")
            : context < 16 ? throw new ConfigurationException($"exo.ring.context-tokens is {context}; use 16 or more.")
            : new WishSettings(sessions, context, cache switch
            {
                "f16" => KvCacheType.F16,
                "bf16" => KvCacheType.BF16,
                "q8" => KvCacheType.Q8,
                "f32" => KvCacheType.F32,
                _ => throw new ConfigurationException($"exo.engine.kv-cache is {cache}; use f16, bf16, q8 or f32."),
            });
    }
}

using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system, by the path of their configuration.</summary>
public sealed class Dispatchers
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";

    private readonly ConcurrentDictionary<string, MessageDispatcher> _dispatchers = new();
    private readonly Settings _settings;

    internal Dispatchers(Settings settings)
    {
        _settings = settings;
        DefaultGlobalDispatcher = Lookup(DefaultDispatcherId);
    }

    public MessageDispatcher DefaultGlobalDispatcher { get; }

    public bool HasDispatcher(string id) => _dispatchers.ContainsKey(id) || _settings.Config.HasPath(id);

    public MessageDispatcher Lookup(string dispatcherName)
    {
        if (string.IsNullOrEmpty(dispatcherName))
            return DefaultGlobalDispatcher;
        if (_dispatchers.TryGetValue(dispatcherName, out MessageDispatcher known))
            return known;
        MessageDispatcher created = Create(dispatcherName, out bool shared);
        return shared ? _dispatchers.GetOrAdd(dispatcherName, created) : created;
    }

    internal void Shutdown()
    {
        foreach (MessageDispatcher dispatcher in _dispatchers.Values)
            dispatcher.Shutdown();
    }

    private MessageDispatcher Create(string id, out bool shared)
    {
        shared = true;
        Config section = _settings.Config.HasPath(id) ? _settings.Config.GetConfig(id) : null;
        if (section is null && id != DefaultDispatcherId)
            throw new ConfigurationException($"Dispatcher [{id}] is not configured: add a section {id} with a type");
        int throughput = section?.GetInt("throughput", 30) ?? 30;
        string type = section?.GetString("type", "Dispatcher") ?? "Dispatcher";
        switch (type)
        {
            case "Dispatcher" or "TaskDispatcher" or "ChannelDispatcher":
                return new ThreadPoolDispatcher(id, throughput);
            case "PinnedDispatcher":
                shared = false;
                return new ThreadsDispatcher(id, throughput, threads: 1, ownedByOneActor: true);
            case "ForkJoinDispatcher":
                int threads = section.GetInt("dedicated-thread-pool.thread-count", Environment.ProcessorCount);
                return new ThreadsDispatcher(id, throughput, threads, ownedByOneActor: false);
            default:
                throw new ConfigurationException($"Dispatcher [{id}] has the unknown type [{type}]: use Dispatcher, PinnedDispatcher or ForkJoinDispatcher");
        }
    }
}

using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Waits outside of any actor for the end of one.</summary>
internal static class DeathOf
{
    /// <summary>True = ended, false = cancelled before.</summary>
    public static async Task<bool> Target(IInternalActorRef target, CancellationToken token)
    {
        Watcher watcher = new(target.Provider);
        target.SendSystemMessage(new Watch(target, watcher));
        try
        {
            return await watcher.Ended.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            if (!watcher.Ended.IsCompleted)
                target.SendSystemMessage(new Unwatch(target, watcher));
            watcher.Release();
        }
    }

    private sealed class Watcher : MinimalActorRef
    {
        private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Watcher(IActorRefProvider provider)
        {
            Provider = provider;
            Path = provider.TempPath();
            provider.RegisterTempActor(this, Path);
        }

        public Task<bool> Ended => _ended.Task;

        public override ActorPath Path { get; }

        public override IActorRefProvider Provider { get; }

        public override IInternalActorRef Parent => Provider.TempContainer;

        public void Release() => Provider.UnregisterTempActor(Path);

        public override void SendSystemMessage(ISystemMessage message)
        {
            if (message is DeathWatchNotification)
                _ended.TrySetResult(true);
        }
    }
}

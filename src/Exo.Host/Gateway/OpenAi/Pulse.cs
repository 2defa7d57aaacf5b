namespace Exo.Host.Gateway.OpenAi;

/// <summary>The items of a source, and a null for every interval in which none came.</summary>
internal static class Pulse
{
    public static async IAsyncEnumerable<T?> Over<T>(IAsyncEnumerable<T> source, TimeSpan interval)
        where T : class
    {
        IAsyncEnumerator<T> items = source.GetAsyncEnumerator();
        Task<bool> next = items.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                while (!await CompletesAsync(next, interval))
                {
                    yield return null;
                }

                if (!await next)
                {
                    yield break;
                }

                yield return items.Current;
                next = items.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A reader that leaves during a pulse leaves a step under way; the source may only be ended after it.
            // The step ends by itself: leaving early means that the request's token was cancelled.
            await next.ContinueWith(static _ => { }, TaskScheduler.Default);
            await items.DisposeAsync();
        }
    }

    private static async Task<bool> CompletesAsync(Task next, TimeSpan interval)
    {
        if (next.IsCompleted)
        {
            return true;
        }

        using CancellationTokenSource timer = new();
        Task first = await Task.WhenAny(next, Task.Delay(interval, timer.Token));
        await timer.CancelAsync();
        return first == next;
    }
}

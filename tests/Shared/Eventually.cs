#nullable enable

using System.Diagnostics;

namespace Exo.Testing;

/// <summary>Waits by polling with a deadline; on time-out it says what was expected and what was last seen.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    public static Task True(Func<bool> condition, TimeSpan within, string expectation, Func<string>? actual = null) =>
        True(() => Task.FromResult(condition()), within, expectation, actual);

    public static async Task True(Func<Task<bool>> condition, TimeSpan within, string expectation, Func<string>? actual = null)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > within)
            {
                throw new TimeoutException($"Not within {within.TotalSeconds:0.#} s: {expectation}. Last seen: {actual?.Invoke() ?? "(nothing recorded)"}");
            }

            await Task.Delay(s_pause);
        }
    }
}

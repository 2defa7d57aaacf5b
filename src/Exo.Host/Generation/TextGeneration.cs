using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Exo.Actors.Sessions;

namespace Exo.Host.Generation;

/// <summary>The one generation path: token ids in, text events out, whichever dialect or command asks.</summary>
internal static class TextGeneration
{
    public static async IAsyncEnumerable<TextEvent> RunAsync(IGenerationNode node, TextRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        int room = request.Text.ContextLength - request.Prompt.Length;
        GenerationRequest asked = new()
        {
            Model = request.Model,
            PromptTokens = ImmutableArray.Create(request.Prompt),
            Sampling = request.Sampling,
            MaxTokens = Math.Min(request.MaxTokens ?? room, room),
            StopTokens = request.IgnoreEnd ? [] : [.. request.Text.EndIds],
            RequestId = request.RequestId,
        };
        ITokenReader reader = request.Text.CreateReader();
        StopStrings stops = new(request.Stops);
        Stopwatch clock = Stopwatch.StartNew();
        int tokens = 0;

        // A hit of a stop string leaves this loop early, which disposes the source and so frees every stage.
        await foreach (GenerationEvent happened in node.GenerateAsync(asked, ct))
        {
            switch (happened)
            {
                case GenerationEvent.Token token:
                    tokens++;
                    bool ends = asked.StopTokens.Contains(token.Id);
                    yield return new TextEvent.Delta(ends ? "" : stops.Push(reader.Push(token.Id)), [token.Id]);
                    if (stops.Hit is { } hit)
                    {
                        yield return new TextEvent.Ended(ByLength: false, hit, request.Prompt.Length, tokens, Measured(clock.Elapsed, request.Prompt.Length, tokens));
                        yield break;
                    }

                    break;
                case GenerationEvent.Queued:
                    yield return new TextEvent.Notice("queued");
                    break;
                case GenerationEvent.Paused paused:
                    yield return new TextEvent.Notice("recovering: " + paused.Reason);
                    break;
                case GenerationEvent.Resumed resumed:
                    yield return new TextEvent.Notice(string.Create(CultureInfo.InvariantCulture, $"resumed after {resumed.Pause.TotalMilliseconds:0} ms"));
                    break;
                case GenerationEvent.Finished finished:
                    string rest = stops.Push(reader.Flush()) + stops.Flush();
                    if (rest.Length > 0)
                    {
                        yield return new TextEvent.Delta(rest, []);
                    }

                    yield return new TextEvent.Ended(finished.Reason == FinishReason.Length, stops.Hit, request.Prompt.Length, tokens, finished.Timings);
                    yield break;
                case GenerationEvent.Failed failed:
                    yield return new TextEvent.Failed(failed.Kind, failed.Message);
                    yield break;
            }
        }

        ct.ThrowIfCancellationRequested();
        throw new UnreachableException("A generation ended without saying how.");
    }

    /// <summary>The ring's own timings come with its end; an answer cut here by a stop string has only this clock.</summary>
    private static GenerationTimings Measured(TimeSpan elapsed, int promptTokens, int tokens) =>
        new(TimeSpan.Zero, TimeSpan.Zero, elapsed, promptTokens, tokens, 0, TimeSpan.Zero, 0);
}

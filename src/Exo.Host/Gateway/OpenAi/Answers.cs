using System.Text;
using Exo.Actors.Sessions;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>Runs a checked request and writes its answer, whole or as a stream.</summary>
internal sealed class Answers
{
    private static readonly byte[] s_done = Encoding.ASCII.GetBytes("[DONE]");
    private readonly IGenerationNode _node;
    private readonly Admission _admission;
    private readonly TimeSpan _keepAlive;
    private readonly TimeProvider _time;

    public Answers(IGenerationNode node, Admission admission, TimeSpan keepAlive, TimeProvider time)
    {
        _node = node;
        _admission = admission;
        _keepAlive = keepAlive;
        _time = time;
    }

    public async Task RunAsync(HttpContext context, OpenAiCall call)
    {
        using IDisposable place = _admission.Enter();
        AnswerJson json = new(call, RequestIds.Of(context)["req_".Length..], _time.GetUtcNow());
        if (call.Stream)
        {
            await StreamAsync(context, call, json);
        }
        else
        {
            await JsonText.WriteAsync(context, json.Whole(await CollectAsync(context, call)));
        }
    }

    private async Task<List<(string Text, List<int> Tokens, TextEvent.Ended End)>> CollectAsync(HttpContext context, OpenAiCall call)
    {
        List<(string, List<int>, TextEvent.Ended)> choices = [];
        foreach (int[] prompt in call.Prompts)
        {
            StringBuilder text = new();
            List<int> tokens = [];
            await foreach (TextEvent happened in TextGeneration.RunAsync(_node, Request(context, call, prompt), context.RequestAborted))
            {
                switch (happened)
                {
                    case TextEvent.Delta delta:
                        text.Append(delta.Text);
                        tokens.AddRange(delta.Tokens);
                        break;
                    case TextEvent.Ended end:
                        choices.Add((text.ToString(), tokens, end));
                        break;
                    case TextEvent.Failed failed:
                        throw Refusal(failed);
                }
            }
        }

        return choices;
    }

    private async Task StreamAsync(HttpContext context, OpenAiCall call, AnswerJson json)
    {
        EventStream events = new(context);
        CancellationToken ct = context.RequestAborted;
        int promptTokens = 0;
        int completionTokens = 0;
        for (int index = 0; index < call.Prompts.Count; index++)
        {
            bool opened = false;
            await foreach (TextEvent? happened in Pulse.Over(TextGeneration.RunAsync(_node, Request(context, call, call.Prompts[index]), ct), _keepAlive))
            {
                if (happened is TextEvent.Delta or TextEvent.Ended && !opened)
                {
                    opened = true;
                    if (json.Opening(index) is { } opening)
                    {
                        await events.DataAsync(opening, ct);
                    }
                }

                switch (happened)
                {
                    case null:
                        await events.CommentAsync("waiting", ct);
                        break;
                    case TextEvent.Notice notice when events.HasStarted:
                        await events.CommentAsync(notice.Text, ct);
                        break;
                    case TextEvent.Delta delta when delta.Text.Length > 0 || call.ReturnTokenIds:
                        await events.DataAsync(json.Piece(index, delta), ct);
                        break;
                    case TextEvent.Ended end:
                        promptTokens += end.PromptTokens;
                        completionTokens += end.CompletionTokens;
                        await events.DataAsync(json.Closing(index, end), ct);
                        break;
                    case TextEvent.Failed failed when !events.HasStarted:
                        throw Refusal(failed);
                    case TextEvent.Failed failed:
                        // No [DONE] after it: a client must not take the cut for an end.
                        await events.DataAsync(ApiErrors.Body(Refusal(failed), RequestIds.Of(context)), ct);
                        return;
                }
            }
        }

        if (call.IncludeUsage)
        {
            await events.DataAsync(json.UsageChunk(promptTokens, completionTokens), ct);
        }

        await events.DataAsync(s_done, ct);
    }

    private static TextRequest Request(HttpContext context, OpenAiCall call, int[] prompt) =>
        new(call.Model, call.Text, prompt, call.Sampling, call.MaxTokens, call.Stops, call.IgnoreEnd, RequestIds.Of(context));

    private static ApiException Refusal(TextEvent.Failed failed) => failed.Kind switch
    {
        FailureKind.UnknownModel => new ApiException(404, failed.Message, "model", "model_not_found"),
        FailureKind.InvalidRequest => new ApiException(400, failed.Message),
        FailureKind.NotEnoughMemory => new ApiException(503, failed.Message, "model", "not_enough_memory"),
        FailureKind.Unavailable => new ApiException(503, failed.Message),
        _ => new ApiException(500, failed.Message),
    };
}

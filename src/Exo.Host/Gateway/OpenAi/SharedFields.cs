using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Exo.Engine.Sampling;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>The fields that both completion routes share, and those that are refused because they would change the answer.</summary>
internal static class SharedFields
{
    /// <summary>Below the API's 1.0: small quantised models lose the thread there.</summary>
    public const double DefaultTemperature = 0.7;

    private const int MaxStops = 16;
    private const int MaxStopLength = 1024;

    public static SamplingParameters Sampling(Fields fields, IModelText text)
    {
        long seed = fields.Integer("seed", -1, long.MaxValue) ?? -1;
        SamplingParameters sampling = new()
        {
            Temperature = (float)(fields.Number("temperature", 0, 2) ?? DefaultTemperature),
            TopP = (float)(fields.Number("top_p", 0, 1, leastAllowed: false) ?? 1),
            TopK = (int)Math.Max(0, fields.Integer("top_k", -1, int.MaxValue) ?? 0),
            MinP = (float)(fields.Number("min_p", 0, 1) ?? 0),
            TypicalP = (float)(fields.Number("typical_p", 0, 1, leastAllowed: false) ?? 1),
            PresencePenalty = (float)(fields.Number("presence_penalty", -2, 2) ?? 0),
            FrequencyPenalty = (float)(fields.Number("frequency_penalty", -2, 2) ?? 0),
            RepetitionPenalty = (float)(Repetition(fields) ?? 1),
            Biases = Biases(fields, text.VocabularySize),
            Seed = seed >= 0 ? (ulong)seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        };
        return sampling.Validate() is { } problem ? throw new ApiException(400, problem) : sampling;
    }

    /// <summary>Two programs' names for one thing.</summary>
    private static double? Repetition(Fields fields)
    {
        double? one = fields.Number("repetition_penalty", 0.01, 10);
        double? other = fields.Number("repeat_penalty", 0.01, 10);
        return one is null || other is null || one == other ? one ?? other : throw ApiException.Invalid("repeat_penalty", "'repeat_penalty' and 'repetition_penalty' mean the same: send one of them.");
    }

    private static ImmutableArray<TokenBias> Biases(Fields fields, int vocabularySize)
    {
        const string Name = "logit_bias";
        if (fields.Get(Name) is not { } biases)
        {
            return [];
        }

        if (biases.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid(Name, "'logit_bias' must be an object of token ids and numbers, as {\"42\": -100}.");
        }

        ImmutableArray<TokenBias>.Builder read = ImmutableArray.CreateBuilder<TokenBias>();
        foreach (JsonProperty bias in biases.EnumerateObject())
        {
            if (!int.TryParse(bias.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= vocabularySize)
            {
                throw ApiException.Invalid(Name, $"'logit_bias' names '{bias.Name}', which is no token of this model: send ids from 0 to {vocabularySize - 1}.");
            }

            read.Add(bias.Value.ValueKind == JsonValueKind.Number && bias.Value.TryGetSingle(out float value) && value is >= -100 and <= 100
                ? new TokenBias(id, value)
                : throw ApiException.Invalid(Name, $"'logit_bias' of token {id} must be a number from -100 to 100."));
        }

        return read.ToImmutable();
    }

    public static int? MaxTokens(Fields fields, string name) => (int?)fields.Integer(name, 1, int.MaxValue);

    public static IReadOnlyList<string> Stops(Fields fields)
    {
        const string Name = "stop";
        JsonElement[] given = fields.Get(Name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } one => [one],
            { ValueKind: JsonValueKind.Array } many => [.. many.EnumerateArray()],
            _ => throw ApiException.Invalid(Name, "'stop' must be a string or an array of strings."),
        };
        if (given.Length > MaxStops)
        {
            throw ApiException.Invalid(Name, $"'stop' has {given.Length} entries; at most {MaxStops} are possible.");
        }

        string[] stops = [.. given.Select(value => Fields.TextOf(value, Name))];
        return stops.FirstOrDefault(stop => stop.Length is 0 or > MaxStopLength) is null
            ? stops
            : throw ApiException.Invalid(Name, $"Each stop string must have 1 to {MaxStopLength} characters.");
    }

    public static (bool Stream, bool IncludeUsage) Streaming(Fields fields)
    {
        bool stream = fields.Boolean("stream") ?? false;
        if (fields.Get("stream_options") is not { } options)
        {
            return (stream, false);
        }

        if (!stream || options.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid("stream_options", "'stream_options' is an object and goes only with 'stream': true.");
        }

        return (stream, new Fields(options).Boolean("include_usage") ?? false);
    }

    /// <summary>Refuses what is not built and would change the answer; values that mean "off" pass.</summary>
    public static void RefuseUnbuilt(Fields fields)
    {
        Only(fields, "n", value => IsNumber(value, 1), "Only one choice per request: send 'n': 1, or ask several times.");
        Only(fields, "best_of", value => IsNumber(value, 1), "Only one choice per request: send 'best_of': 1.");
        Only(fields, "logprobs", value => value.ValueKind == JsonValueKind.False, "'logprobs' is not built yet: leave it out.");
        Only(fields, "top_logprobs", value => IsNumber(value, 0), "'top_logprobs' is not built yet: leave it out.");
        Only(fields, "tools", IsEmpty, "Tools are not built yet: leave 'tools' out.");
        Only(fields, "tool_choice", value => value.ValueKind == JsonValueKind.String && value.GetString() is "none" or "auto", "Tools are not built yet: leave 'tool_choice' out.");
        Only(fields, "functions", _ => false, "'functions' is the deprecated form of 'tools', which are not built yet: leave it out.");
        Only(fields, "function_call", _ => false, "'function_call' is the deprecated form of 'tool_choice', which is not built yet: leave it out.");
        Only(fields, "response_format", IsTextFormat, "Constrained output is not built yet: send 'response_format': {\"type\": \"text\"} or leave it out.");
        Only(fields, "modalities", value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String && part.ValueEquals("text")), "Only text is generated: send 'modalities': [\"text\"] or leave it out.");
        Only(fields, "store", value => value.ValueKind == JsonValueKind.False, "Answers are not stored: send 'store': false or leave it out.");
        foreach (string name in (ReadOnlySpan<string>)["audio", "prediction", "web_search_options", "grammar", "guided_json", "guided_regex", "guided_choice", "guided_grammar", "chat_template", "chat_template_kwargs"])
        {
            Only(fields, name, _ => false, $"'{name}' is not supported: leave it out.");
        }
    }

    public static void Only(Fields fields, string name, Func<JsonElement, bool> harmless, string message)
    {
        if (fields.Get(name) is { } value && !harmless(value))
        {
            throw ApiException.Unsupported(name, message);
        }
    }

    private static bool IsNumber(JsonElement value, double number) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double given) && given == number;

    private static bool IsEmpty(JsonElement value) =>
        (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0) || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());

    private static bool IsTextFormat(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text");
}

using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Exo.Engine.Sampling;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>How tokens are chosen, as options of a command.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<float> _temperature = Number("--temperature", "0 always takes the likeliest token.");
    private readonly Option<int> _topK = new("--top-k") { Description = "Only so many of the likeliest tokens; 0 is off.", HelpName = "N" };
    private readonly Option<float> _topP = Number("--top-p", "Only the likeliest tokens that make up this share.", otherwise: 1);
    private readonly Option<float> _minP = Number("--min-p", "Only tokens this likely, as a share of the likeliest.");
    private readonly Option<float> _typicalP = Number("--typical-p", "Only the most typical tokens that make up this share.", otherwise: 1);
    private readonly Option<float> _repetition = Number("--repetition-penalty", "Divides the logits of tokens generated before; 1 is off.", otherwise: 1);
    private readonly Option<float> _presence = Number("--presence-penalty", "Taken off the logits of tokens generated before.");
    private readonly Option<float> _frequency = Number("--frequency-penalty", "The same, for each time that they were.");
    private readonly Option<ImmutableArray<TokenBias>> _biases = new("--logit-bias") { Description = "Added to tokens' logits.", HelpName = "ID=N,ID=N…", CustomParser = ParseBiases, DefaultValueFactory = _ => [] };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed gives the same tokens.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _temperature, _topK, _topP, _minP, _typicalP, _repetition, _presence, _frequency, _biases, _seed })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandFailureException">A value is out of its range, or a bias is for no token.</exception>
    public SamplingParameters Read(ParseResult parse, int vocabularySize)
    {
        SamplingParameters sampling = new()
        {
            Temperature = parse.GetValue(_temperature),
            TopK = parse.GetValue(_topK),
            TopP = parse.GetValue(_topP),
            MinP = parse.GetValue(_minP),
            TypicalP = parse.GetValue(_typicalP),
            RepetitionPenalty = parse.GetValue(_repetition),
            PresencePenalty = parse.GetValue(_presence),
            FrequencyPenalty = parse.GetValue(_frequency),
            Biases = parse.GetValue(_biases),
            Seed = parse.GetValue(_seed),
        };
        if (sampling.Validate() is { } wrong)
        {
            throw new CommandFailureException(wrong, ExitCode.Usage);
        }

        EngineArguments.RequireTokens([.. sampling.Biases.Select(bias => bias.Id)], vocabularySize);
        return sampling;
    }

    /// <summary>A number with a point, whatever the machine's language: a comma must not turn 0,8 into 8.</summary>
    private static Option<float> Number(string name, string description, float otherwise = 0) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (float.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out float number))
            {
                return number;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no number for {name}: give one as 0.8.");
            return otherwise;
        },
    };

    private static ImmutableArray<TokenBias> ParseBiases(ArgumentResult result)
    {
        ImmutableArray<TokenBias>.Builder biases = ImmutableArray.CreateBuilder<TokenBias>();
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1
                || !int.TryParse(part.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                || !float.TryParse(part.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float bias))
            {
                result.AddError($"'{part}' is no bias: give token ids and numbers, as 42=-100,7=2.5.");
                return [];
            }

            biases.Add(new TokenBias(id, bias));
        }

        return biases.ToImmutable();
    }
}

using System.Runtime.InteropServices;
using Exo.Engine.Grammars;
using Exo.Engine.Sampling;
using Exo.Engine.Stages;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>One generation of `exo generate`: the tokens that a ring gives with the same parameters.</summary>
internal sealed class GenerateRun(ModelRun run, SamplingParameters sampling)
{
    private readonly List<int> _ids = [];

    /// <summary>Tokens behind which it ends; null for none.</summary>
    public IReadOnlySet<int>? Ends { get; init; }

    public TokenConstraint? Constraint { get; init; }

    /// <summary>How many of the likeliest tokens are told; null: nothing is.</summary>
    public int? Logprobs { get; init; }

    public IReadOnlyList<int> Ids => _ids;

    public List<(TokenLogprob Chosen, TokenLogprob[] Top)> Told { get; } = [];

    /// <exception cref="CommandFailureException">No token of the vocabulary can go on under the constraint.</exception>
    public void Run(int[] prompt, int count, CancellationToken ct)
    {
        Sampler sampler = new();
        GrammarState? state = Constraint?.Grammar.Start;
        ReadOnlySpan<float> logits = run.Forward(prompt, LogitsWanted.Last);
        while (true)
        {
            int id = Next(sampler, logits, prompt.Length, state);
            _ids.Add(id);
            state = state is null ? null : Constraint!.Advance(state, id);
            if (Logprobs is { } top)
            {
                Told.Add(Engine.Sampling.Logprobs.Of(logits, id, top));
            }

            if (_ids.Count == count || Ends?.Contains(id) == true)
            {
                return;
            }

            ct.ThrowIfCancellationRequested();
            logits = run.Forward([id], LogitsWanted.Last);
        }
    }

    private int Next(Sampler sampler, ReadOnlySpan<float> logits, int promptLength, GrammarState? state)
    {
        ReadOnlySpan<ulong> mask = state is null ? [] : Constraint!.Mask(state);
        if (state is not null && !mask.ContainsAnyExcept(0UL))
        {
            throw new CommandFailureException("No token of this model's vocabulary can go on under the constraint: use another model, or a wider constraint.");
        }

        return sampler.Sample(logits, sampling, promptLength + _ids.Count, CollectionsMarshal.AsSpan(_ids), mask);
    }
}

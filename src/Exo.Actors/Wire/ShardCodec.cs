using System.Collections.Immutable;
using Exo.Actors.Shards;
using Exo.Engine.Sampling;

namespace Exo.Actors.Wire;

/// <summary>The binary forms of what stages and owners say. Fields in the order of the records.</summary>
internal static class ShardCodec
{
    public static void Write(WireWriter w, ShardProtocol.Admit m)
    {
        ControlCodec.Write(w, m.Epoch);
        Write(w, m.Session);
        Write(w, m.Owner);
        w.Ints(m.Tokens);
        w.Int(m.Emitted);
        Write(w, m.Sampling);
        w.Int(m.MaxTokens);
        w.Ints(m.StopTokens);
    }

    public static ShardProtocol.Admit Admit(WireReader r)
    {
        ShardProtocol.Admit admit = new(ControlCodec.Epoch(r), Key(r), Owner(r), r.Ints(), r.Int(), Sampling(r), r.Int(), r.Ints());
        return admit.Emitted >= 0 && admit.Emitted <= admit.Tokens.Length ? admit : throw WireReader.Broken($"{admit.Emitted} emitted tokens of {admit.Tokens.Length}");
    }

    public static void Write(WireWriter w, ShardProtocol.Admitted m)
    {
        Write(w, m.Session);
        w.Flag(m.Waiting);
    }

    public static ShardProtocol.Admitted Admitted(WireReader r) => new(Key(r), r.Flag());

    public static void Write(WireWriter w, ShardProtocol.Cancel m)
    {
        ControlCodec.Write(w, m.Epoch);
        Write(w, m.Session);
    }

    public static ShardProtocol.Cancel Cancel(WireReader r) => new(ControlCodec.Epoch(r), Key(r));

    public static void Write(WireWriter w, ShardProtocol.Close m)
    {
        ControlCodec.Write(w, m.Epoch);
        Write(w, m.Session);
    }

    public static ShardProtocol.Close Close(WireReader r) => new(ControlCodec.Epoch(r), Key(r));

    public static void Write(WireWriter w, ShardProtocol.StepBatch m)
    {
        ControlCodec.Write(w, m.Epoch);
        w.Long(m.Batch);
        w.Long(m.ComputeMicroseconds);
        w.Float(m.HopMicroseconds);
        w.Int(m.Rows.Length);
        foreach (StepRow row in m.Rows)
        {
            Write(w, row.Session);
            w.Int(row.Position);
            w.Ints(row.Tokens);
            w.Flag(row.Sample);
            w.Flag(row.Opening is not null);
            if (row.Opening is { } opening)
            {
                Write(w, opening);
            }
        }

        w.Bytes(m.Hidden.Span);
    }

    public static ShardProtocol.StepBatch StepBatch(WireReader r)
    {
        ShardProtocol.StepBatch batch = new(ControlCodec.Epoch(r), r.Long(), r.Long(), r.Float(), r.List(30, () => Row(r)), r.Bytes());
        long tokens = batch.Rows.Sum(row => (long)row.Count);
        return tokens == 0 ? batch.Hidden.IsEmpty ? batch : throw WireReader.Broken("hidden states without rows")
            : batch.Hidden.Length % (tokens * sizeof(float)) == 0 && !batch.Hidden.IsEmpty ? batch
            : throw WireReader.Broken($"{batch.Hidden.Length} bytes of hidden states for {tokens} tokens");
    }

    public static void Write(WireWriter w, ShardProtocol.Share m)
    {
        ControlCodec.Write(w, m.Epoch);
        Write(w, m.Session);
        Write(w, m.Opening);
        w.Ints(m.Tokens);
    }

    public static ShardProtocol.Share Share(WireReader r)
    {
        ShardProtocol.Share share = new(ControlCodec.Epoch(r), Key(r), Opening(r), r.Ints());
        return share.Tokens.Length > 0 && share.Opening.MaxPositions >= share.Tokens.Length ? share : throw WireReader.Broken($"{share.Tokens.Length} tokens of a session of {share.Opening.MaxPositions}");
    }

    public static void Write(WireWriter w, ShardProtocol.Shared m)
    {
        ControlCodec.Write(w, m.Epoch);
        Write(w, m.Session);
        w.Int(m.Count);
    }

    public static ShardProtocol.Shared Shared(WireReader r) => new(ControlCodec.Epoch(r), Key(r), r.Int());

    public static void Write(WireWriter w, ShardProtocol.StepResult m)
    {
        ControlCodec.Write(w, m.Epoch);
        w.Long(m.Batch);
        w.Long(m.ComputeMicroseconds);
        w.List(m.Tokens, token =>
        {
            Write(w, token.Session);
            w.Int(token.Position);
            w.Int(token.Id);
        });
    }

    public static ShardProtocol.StepResult StepResult(WireReader r) => new(ControlCodec.Epoch(r), r.Long(), r.Long(), r.List(28, () => new ChosenToken(Key(r), r.Int(), r.Int())));

    public static void Write(WireWriter w, ShardProtocol.Token m)
    {
        Write(w, m.Session);
        w.Int(m.Position);
        w.Int(m.Id);
        w.Float(m.HopMicroseconds);
    }

    public static ShardProtocol.Token Token(WireReader r) => new(Key(r), r.Int(), r.Int(), r.Float());

    public static void Write(WireWriter w, ShardProtocol.Refused m)
    {
        Write(w, m.Session);
        w.Text(m.Reason);
        w.Flag(m.Final);
    }

    public static ShardProtocol.Refused Refused(WireReader r) => new(Key(r), r.Text(), r.Flag());

    private static StepRow Row(WireReader r)
    {
        SessionKey key = Key(r);
        int position = r.Int();
        ImmutableArray<int> tokens = r.Ints();
        bool sample = r.Flag();
        Opening? opening = r.Flag() ? Opening(r) : null;
        bool sound = position >= 0 && tokens.Length > 0 && position + (long)tokens.Length <= int.MaxValue && (opening is null || opening.MaxPositions >= position + tokens.Length);
        return sound ? new StepRow(key, position, tokens, sample, opening) : throw WireReader.Broken($"a row of {tokens.Length} tokens at position {position}");
    }

    private static void Write(WireWriter w, Opening opening)
    {
        Write(w, opening.Owner);
        w.Int(opening.MaxPositions);
        Write(w, opening.Sampling);
        w.Ints(opening.Recent);
    }

    private static Opening Opening(WireReader r) => new(Owner(r), r.Int(), Sampling(r), r.Ints());

    private static void Write(WireWriter w, SessionKey key)
    {
        w.Id(key.Session);
        w.Int(key.Attempt);
    }

    private static SessionKey Key(WireReader r) => new(r.Id(), r.Int());

    private static void Write(WireWriter w, OwnerName owner)
    {
        w.Text(owner.Address);
        w.Text(owner.Path);
    }

    private static OwnerName Owner(WireReader r) => new(r.Text(), r.Text());

    private static void Write(WireWriter w, SamplingParameters p)
    {
        w.Float(p.Temperature);
        w.Int(p.TopK);
        w.Float(p.TopP);
        w.Float(p.MinP);
        w.Long(unchecked((long)p.Seed));
        w.Float(p.TypicalP);
        w.Float(p.RepetitionPenalty);
        w.Float(p.PresencePenalty);
        w.Float(p.FrequencyPenalty);
        w.Int(p.PenaltyWindow);
        w.List(p.Biases, bias =>
        {
            w.Int(bias.Id);
            w.Float(bias.Bias);
        });
    }

    private static SamplingParameters Sampling(WireReader r)
    {
        SamplingParameters read = new()
        {
            Temperature = r.Float(),
            TopK = r.Int(),
            TopP = r.Float(),
            MinP = r.Float(),
            Seed = unchecked((ulong)r.Long()),
            TypicalP = r.Float(),
            RepetitionPenalty = r.Float(),
            PresencePenalty = r.Float(),
            FrequencyPenalty = r.Float(),
            PenaltyWindow = r.Int(),
            Biases = r.List(8, () => new TokenBias(r.Int(), r.Float())),
        };
        return read.Validate() is { } fault ? throw WireReader.Broken(fault) : read;
    }
}

using Exo.Actors.Membership;
using Exo.Actors.Ring;
using Exo.Engine.Kernels;
using Exo.Engine.Models;

namespace Exo.Actors.Wire;

/// <summary>The binary forms of what directories and keepers say. Fields in the order of the records.</summary>
internal static class ControlCodec
{
    public static void Write(WireWriter w, DirectoryProtocol.Hello m)
    {
        w.Text(m.Address);
        w.Int(m.Uid);
        w.Text(m.Profile.Name);
        w.Long(m.Profile.MemoryBytes);
        w.Text(m.Profile.HttpAddress);
        w.Int(m.Profile.ProcessId);
        w.Flag(m.Answer);
    }

    public static DirectoryProtocol.Hello Hello(WireReader r) => new(r.Text(), r.Int(), new DeviceProfile(r.Text(), r.Long(), r.Text(), r.Int()), r.Flag());

    public static void Write(WireWriter w, HealingProtocol.Side m)
    {
        w.Text(m.Address);
        w.Long(m.Since);
        w.List(m.Devices, w.Text);
        w.Byte(m.Round);
    }

    public static HealingProtocol.Side Side(WireReader r) => new(r.Text(), r.Long(), r.List(4, r.Text), r.Byte());

    public static void Write(WireWriter w, HealingProtocol.Follow m) => w.List(m.Others, w.Text);

    public static HealingProtocol.Follow Follow(WireReader r) => new(r.List(4, r.Text));

    public static void Write(WireWriter w, RingProtocol.Wishes m) => w.List(m.All, wish => Write(w, wish));

    public static RingProtocol.Wishes Wishes(WireReader r) => new(r.List(64, () => Wish(r)));

    public static void Write(WireWriter w, RingProtocol.Prepare m)
    {
        Write(w, m.Plan);
        w.Int(m.Stage);
        Write(w, m.Wish);
        w.Text(m.Proposer);
    }

    public static RingProtocol.Prepare Prepare(WireReader r)
    {
        RingPlan plan = Plan(r);
        int stage = r.Int();
        return stage >= 0 && stage < plan.Stages.Length ? new RingProtocol.Prepare(plan, stage, Wish(r), r.Text()) : throw WireReader.Broken($"stage {stage} of {plan.Stages.Length}");
    }

    public static void Write(WireWriter w, RingProtocol.Ready m)
    {
        w.Text(m.Model);
        Write(w, m.Epoch);
        w.Int(m.Stage);
        w.Long(m.Bytes);
        w.Long(m.Milliseconds);
    }

    public static RingProtocol.Ready Ready(WireReader r) => new(r.Text(), Epoch(r), r.Int(), r.Long(), r.Long());

    public static void Write(WireWriter w, RingProtocol.LoadFailed m)
    {
        w.Text(m.Model);
        Write(w, m.Epoch);
        w.Int(m.Stage);
        w.Text(m.Reason);
    }

    public static RingProtocol.LoadFailed LoadFailed(WireReader r) => new(r.Text(), Epoch(r), r.Int(), r.Text());

    public static void Write(WireWriter w, RingProtocol.Commit m) => Write(w, m.Plan);

    public static RingProtocol.Commit Commit(WireReader r) => new(Plan(r));

    public static void Write(WireWriter w, RingProtocol.NoPlan m)
    {
        w.Text(m.Model);
        w.Text(m.Reason);
    }

    public static RingProtocol.NoPlan NoPlan(WireReader r) => new(r.Text(), r.Text());

    public static void Write(WireWriter w, RingProtocol.StageLost m)
    {
        w.Text(m.Model);
        Write(w, m.Epoch);
    }

    public static RingProtocol.StageLost StageLost(WireReader r) => new(r.Text(), Epoch(r));

    public static void Write(WireWriter w, RingProtocol.Outdated m)
    {
        w.Text(m.Model);
        Write(w, m.Highest);
    }

    public static RingProtocol.Outdated Outdated(WireReader r) => new(r.Text(), Epoch(r));

    public static void Write(WireWriter w, Epoch epoch)
    {
        w.Long(epoch.Counter);
        w.Int(epoch.Proposer);
    }

    public static Epoch Epoch(WireReader r) => new(r.Long(), r.Int());

    private static void Write(WireWriter w, ModelWish wish)
    {
        w.Text(wish.Model);
        w.Text(wish.Fingerprint);
        w.Text(wish.PathHint);
        w.Longs(wish.UnitBytes);
        w.Byte((byte)wish.Cache);
        w.Longs(wish.KvBytesPerToken);
        w.Long(wish.ScratchBytes);
        w.Int(wish.ContextTokens);
        w.Int(wish.Sessions);
        w.Int(wish.Stages);
        w.Ints(wish.Cut);
        w.Text(wish.WishedBy);
        w.Long(wish.Version);
        w.Flag(wish.Dropped);
    }

    private static ModelWish Wish(WireReader r)
    {
        ModelWish wish = new(r.Text(), r.Text(), r.Text(), r.Longs(), (KvCacheType)r.Byte(), r.Longs(), r.Long(), r.Int(), r.Int(), r.Int(), r.Ints(), r.Text(), r.Long(), r.Flag());
        return wish.UnitBytes.Length >= 3 && wish.KvBytesPerToken.Length == wish.UnitBytes.Length && wish is { Model.Length: > 0, ContextTokens: > 0, Sessions: > 0, Stages: >= 0 } && Enum.IsDefined(wish.Cache)
            ? wish
            : throw WireReader.Broken("a wish whose sizes contradict each other");
    }

    private static void Write(WireWriter w, RingPlan plan)
    {
        w.Text(plan.Model);
        Write(w, plan.Epoch);
        w.List(plan.Stages, stage =>
        {
            w.Text(stage.Device);
            w.Text(stage.Name);
            w.Int(stage.Uid);
            w.Int(stage.Units.First);
            w.Int(stage.Units.End);
            w.Long(stage.WeightBytes);
        });
    }

    private static RingPlan Plan(WireReader r)
    {
        RingPlan plan = new(r.Text(), Epoch(r), r.List(28, () => new StagePlan(r.Text(), r.Text(), r.Int(), new UnitRange(r.Int(), r.Int()), r.Long())));
        int next = 0;
        foreach (StagePlan stage in plan.Stages)
        {
            next = stage.Units.First == next && stage.Units.End > next ? stage.Units.End : throw WireReader.Broken("a plan whose stages are not contiguous");
        }

        return next >= 3 ? plan : throw WireReader.Broken("a plan without a whole model");
    }
}

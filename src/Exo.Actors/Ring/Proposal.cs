namespace Exo.Actors.Ring;

/// <summary>An epoch that this keeper proposed and that is not committed yet.</summary>
internal sealed class Proposal(RingPlan plan, TimeSpan deadline)
{
    private readonly HashSet<int> _ready = [];

    public RingPlan Plan { get; } = plan;

    public TimeSpan Deadline { get; } = deadline;

    public bool IsComplete => _ready.Count == Plan.Stages.Length;

    public IEnumerable<int> Missing => Enumerable.Range(0, Plan.Stages.Length).Where(stage => !_ready.Contains(stage));

    public void Ready(int stage) => _ready.Add(stage);
}

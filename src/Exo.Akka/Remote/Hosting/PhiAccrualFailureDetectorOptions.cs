using System.Globalization;
using System.Text;

namespace Akka.Remote.Hosting;

public class PhiAccrualFailureDetectorOptions
{
    public TimeSpan? HeartbeatInterval { get; set; }

    public TimeSpan? AcceptableHeartbeatPause { get; set; }

    public double? Threshold { get; set; }

    public int? MaxSampleSize { get; set; }

    public TimeSpan? MinStandardDeviation { get; set; }

    public TimeSpan? UnreachableNodesReaperInterval { get; set; }

    public TimeSpan? ExpectedResponseAfter { get; set; }

    public StringBuilder ToHocon()
    {
        StringBuilder hocon = new();
        Append("heartbeat-interval", Milliseconds(HeartbeatInterval));
        Append("acceptable-heartbeat-pause", Milliseconds(AcceptableHeartbeatPause));
        Append("threshold", Threshold?.ToString(CultureInfo.InvariantCulture));
        Append("max-sample-size", MaxSampleSize?.ToString(CultureInfo.InvariantCulture));
        Append("min-std-deviation", Milliseconds(MinStandardDeviation));
        Append("unreachable-nodes-reaper-interval", Milliseconds(UnreachableNodesReaperInterval));
        Append("expected-response-after", Milliseconds(ExpectedResponseAfter));
        return hocon;

        void Append(string key, string value)
        {
            if (value is not null)
                hocon.Append(key).Append(" = ").Append(value).Append('\n');
        }
    }

    private static string Milliseconds(TimeSpan? time) => time is { } value ? ((long)value.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms" : null;
}

using System.Collections.Concurrent;

namespace Exo.Testing.Processes;

/// <summary>A client at each device that asks the same again and again, whatever happens, and expects the same tokens every time.</summary>
internal sealed class Traffic
{
    private readonly ConcurrentDictionary<string, (int Answers, int Recoveries)> _seen = new();
    private readonly ConcurrentBag<double> _pauses = [];
    private readonly Task _asking;
    private volatile bool _isEnding;

    private Traffic(IEnumerable<DeviceProcess> devices, Dictionary<string, object> request, Answer expected) =>
        _asking = Task.WhenAll(devices.Select(device => AskAsync(device, request, expected)));

    public static Traffic At(IEnumerable<DeviceProcess> devices, Dictionary<string, object> request, Answer expected) => new(devices, request, expected);

    /// <summary>How many answers of a device have ended so far.</summary>
    public int Answers(DeviceProcess device) => _seen.GetValueOrDefault(device.Name).Answers;

    /// <summary>How often answers of a device were moved to another ring so far.</summary>
    public int Recoveries(DeviceProcess device) => _seen.GetValueOrDefault(device.Name).Recoveries;

    /// <summary>The longest time between two tokens of an answer.</summary>
    public TimeSpan LongestPause => TimeSpan.FromMilliseconds(_pauses.DefaultIfEmpty().Max());

    /// <summary>Waits for the answers that are under way; throws what any of them did.</summary>
    public async Task End()
    {
        _isEnding = true;
        await _asking;
    }

    /// <summary>Waits until every device has ended so many answers more than now.</summary>
    public async Task More(IReadOnlyList<DeviceProcess> devices, int answers)
    {
        int[] aims = [.. devices.Select(device => Answers(device) + answers)];
        await Eventually.True(
            () => _asking.IsCompleted || devices.Select(Answers).Zip(aims).All(pair => pair.First >= pair.Second),
            TimeSpan.FromSeconds(60),
            $"{answers} more answers of each of {string.Join(", ", devices.Select(device => device.Name))}",
            () => string.Join(", ", devices.Select(device => $"{device.Name} ended {Answers(device)}")) + "\n" + string.Join('\n', devices.Select(device => $"--- {device.Name}\n{device.Output}")));
        if (_asking.IsCompleted)
        {
            await _asking;
        }
    }

    private async Task AskAsync(DeviceProcess device, Dictionary<string, object> request, Answer expected)
    {
        while (!_isEnding)
        {
            Answer answer;
            try
            {
                answer = await Answer.Ask(device, request);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{device.Name}, answer {Answers(device) + 1}: {e.Message}\n{device.Output}", e);
            }

            if (!answer.Ids.SequenceEqual(expected.Ids) || answer.Text != expected.Text || !answer.Done)
            {
                throw new InvalidOperationException($"{device.Name} said '{answer.Text}' ({(answer.Done ? "to the end" : "broken off")}), undisturbed it was '{expected.Text}'.");
            }

            _pauses.Add(answer.Timings.GetProperty("longest_pause_ms").GetDouble());
            _seen.AddOrUpdate(device.Name, (1, answer.Recoveries), (_, before) => (before.Answers + 1, before.Recoveries + answer.Recoveries));
        }
    }
}

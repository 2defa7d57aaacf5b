namespace Exo.Testing.Processes;

/// <summary>Some device processes with a private home, so that they find each other and nobody else.</summary>
internal sealed class Ring : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private Ring(string home, DeviceProcess[] devices)
    {
        Home = home;
        Devices = devices;
    }

    public string Home { get; }

    public DeviceProcess[] Devices { get; }

    /// <summary>Starts n devices and waits until all of them show one ready ring of n stages.</summary>
    public static Task<Ring> Start(int devices, string model = "exo-demo", params string[] arguments) =>
        Start([.. Enumerable.Range(0, devices).Select(_ => Array.Empty<string>())], model, ["--stages", devices.ToString(), .. arguments], devices);

    /// <summary>Starts a device for each of the argument lists; the model and the common arguments go to the first.</summary>
    public static async Task<Ring> Start(string[][] each, string model, string[] common, int stages)
    {
        string home = Directory.CreateTempSubdirectory("exo-ring-").FullName;
        DeviceProcess[] processes = [.. each.Select((own, index) => DeviceProcess.Start(home, "device-" + (index + 1), [.. index == 0 ? ["--model", model, .. common] : Array.Empty<string>(), .. own]))];
        Ring ring = new(home, processes);
        try
        {
            foreach (DeviceProcess device in processes)
            {
                await device.Ready();
            }

            await ring.Shows(stages, processes);
            return ring;
        }
        catch
        {
            await ring.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every given device shows a ready ring of that many stages.</summary>
    public async Task Shows(int stages, params DeviceProcess[] devices)
    {
        foreach (DeviceProcess device in devices)
        {
            ClusterView? last = null;
            await Eventually.True(
                async () => (last = await device.Look())?.Stages.Length == stages,
                s_patience,
                $"{device.Name} shows a ready ring of {stages} stages",
                () => last + "\n" + string.Join('\n', Devices.Select(d => $"--- {d.Name}\n{d.Output}")));
        }
    }

    /// <summary>The devices of the ring in the order of its stages.</summary>
    public async Task<DeviceProcess[]> InOrder()
    {
        ClusterView view = await Devices.First(device => !device.HasExited).Look() ?? throw new InvalidOperationException("The device does not answer.");
        return [.. view.Stages.Select(name => Devices.Single(device => device.Name == name))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DeviceProcess device in Devices)
        {
            await device.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }
}

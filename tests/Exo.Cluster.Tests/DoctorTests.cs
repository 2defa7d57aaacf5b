using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

/// <summary>`exo doctor` beside a running device, on a machine where not all is well.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("exo-doctor-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task The_doctor_names_who_has_the_ports_what_models_there_are_and_memory_that_is_not()
    {
        string models = Directory.CreateDirectory(Path.Combine(_home, "models")).FullName;
        await File.WriteAllTextAsync(Path.Combine(models, "list.gguf"), "milk, eggs");
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        await using DeviceProcess device = DeviceProcess.Start(_home, "anna");
        await device.Ready();
        await File.WriteAllTextAsync(Path.Combine(_home, "exo.conf"), $$"""
            exo.gateway.address = "{{device.Http.Authority}}"
            exo.commands.address = "{{other.LocalEndpoint}}"
            exo.device.memory = 900TiB
            """);

        (int code, string json) = await DeviceProcess.End(DeviceProcess.Run(_home, "doctor", "--json", "--listen", "1", "--loopback"));
        (int textCode, string text) = await DeviceProcess.End(DeviceProcess.Run(_home, "doctor", "--listen", "1", "--loopback"));

        Assert.Equal(1, code);
        Assert.Equal(1, textCode);
        using JsonDocument document = JsonDocument.Parse(json);
        Dictionary<string, (bool Ok, string Text)> findings = document.RootElement.EnumerateArray()
            .GroupBy(finding => finding.GetProperty("about").GetString()!)
            .ToDictionary(group => group.Key, group => (group.All(finding => finding.GetProperty("ok").GetBoolean()), string.Join("; ", group.Select(finding => finding.GetProperty("text").GetString()))));
        (bool gatewayOk, string gateway) = findings[$"gateway port {device.Http.Authority}"];
        Assert.True(gatewayOk);
        Assert.Contains($"device anna runs there, process {device.ProcessId}", gateway);
        (bool commandOk, string command) = findings[$"command port {other.LocalEndpoint}"];
        Assert.False(commandOk);
        Assert.Contains(OperatingSystem.IsLinux() ? $"process {Environment.ProcessId}" : "in use", command);
        (bool memoryOk, string memory) = findings["memory"];
        Assert.False(memoryOk);
        Assert.Contains("exo.device.memory", memory);
        (bool modelsOk, string there) = findings[$"models in {models}"];
        Assert.False(modelsOk);
        Assert.Contains("list.gguf", there);
        Assert.Contains("free on its disk", there);
        Assert.Contains("PROBLEM memory", text);
    }
}

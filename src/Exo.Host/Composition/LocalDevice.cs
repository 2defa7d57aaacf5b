using System.Runtime.CompilerServices;
using System.Text.Json;
using Exo.Actors;
using Exo.Actors.Configuration;
using Exo.Host.Client;
using Exo.Host.Gateway.Http;
using Exo.Host.Gateway.OpenAi;
using Exo.Host.Generation;
using Exo.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exo.Host.Composition;

/// <summary>A device of this process alone, without HTTP: for one command that finds no running device.</summary>
internal sealed class LocalDevice : IAsyncDisposable
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);
    private readonly IHost _host;
    private readonly IGenerationNode _node;
    private readonly IModelText _text;
    private readonly string _model;

    private LocalDevice(IHost host, IGenerationNode node, IModelText text, string model)
    {
        _host = host;
        _node = node;
        _text = text;
        _model = model;
    }

    /// <exception cref="Exo.Engine.Formats.ModelFileException">The model cannot be used.</exception>
    public static async Task<LocalDevice> StartAsync(ConfigurationLayers layers, string home, string model, int threads, CancellationToken ct)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        // What keeps the device from starting is thrown to the command, which says it in one line.
        builder.Logging.AddProvider(new StderrLog()).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddExo(new NodeSettings { Host = "127.0.0.1", Port = 0, HomeFolder = home, Threads = threads, DeviceName = "local", Configuration = layers.File, Overrides = layers.Overrides });
        IHost host = builder.Build();
        try
        {
            ExoNode node = host.Services.GetRequiredService<ExoNode>();
            IModelText text = await new NodeCatalog(node.Models).OpenAsync(model, ct);
            await host.StartAsync(ct);
            return new LocalDevice(host, new RingNode(node), text, model);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>The same request as to a gateway, checked by the same rules.</summary>
    public async IAsyncEnumerable<ChatPiece> ChatAsync(byte[] body, [EnumeratorCancellation] CancellationToken ct)
    {
        OpenAiCall call = Read(body);
        TextRequest request = new(_model, _text, call.Prompts[0], call.Sampling, call.MaxTokens, call.Stops, call.IgnoreEnd, "local");
        await foreach (TextEvent happened in TextGeneration.RunAsync(_node, request, ct))
        {
            yield return happened switch
            {
                TextEvent.Delta delta => new ChatPiece(delta.Text, null, null),
                TextEvent.Notice notice => new ChatPiece("", notice.Text, null),
                TextEvent.Ended end => new ChatPiece("", null, new ChatTimings(GenerationSpeed.TokensPerSecond(end.Timings), end.Timings.HopMicroseconds, end.Timings.Recoveries, end.Timings.LongestPause.TotalMilliseconds)),
                TextEvent.Failed failed => throw new CommandFailureException(failed.Message),
                _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(s_farewell);
        await _host.StopAsync(patience.Token);
        _host.Dispose();
    }

    private OpenAiCall Read(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        try
        {
            return ChatFields.Read(new Fields(document.RootElement), _model, _text);
        }
        catch (ApiException e)
        {
            throw new CommandFailureException(e.Message, ExitCode.Usage);
        }
    }
}

namespace Exo.Engine.Tests.Memory;

/// <summary>Tests that count the process's native buffers: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NativeMemoryCollection
{
    public const string Name = "native memory";
}

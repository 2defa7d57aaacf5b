using Exo.Bench;

Dictionary<string, Func<string[], Task>> benches = new()
{
    ["actors"] = ActorBench.Run,
    ["formats"] = FormatBench.Run,
    ["kernels"] = KernelBench.Run,
    ["models"] = ModelBench.Run,
    ["remote"] = RemoteBench.RunAsync,
    ["ring"] = RingBench.Run,
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out Func<string[], Task>? bench))
{
    Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/Exo.Bench -- <{string.Join('|', benches.Keys)}> [arguments]");
    return 2;
}

await bench(args[1..]);
return 0;

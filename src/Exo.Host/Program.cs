using Exo.Host.Commands;

return await CommandLine.RunAsync(args);

using Pbm;

return await PbmClient.RunAsync(args, Console.In, CancellationToken.None);

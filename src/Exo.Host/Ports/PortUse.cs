using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Exo.Host.Terminal;

namespace Exo.Host.Ports;

/// <summary>Tries a port, and looks who has it.</summary>
internal static class PortUse
{
    /// <summary>Why nobody can listen there now; null: one could.</summary>
    public static SocketError? Try(HostPort endpoint)
    {
        try
        {
            IPAddress? address = IPAddress.TryParse(endpoint.Host, out IPAddress? given) ? given
                : Dns.GetHostAddresses(endpoint.Host).OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
            if (address is null)
            {
                return SocketError.NoData;
            }

            using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, endpoint.Port));
            socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    /// <summary>The program that listens at a port, as "nginx, process 812"; null where the system does not tell.</summary>
    public static string? Holder(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        HashSet<string> sockets = [.. new[] { "/proc/net/tcp", "/proc/net/tcp6" }.SelectMany(table => Listening(Text(table), port)).Select(inode => $"socket:[{inode}]")];
        if (sockets.Count == 0)
        {
            return null;
        }

        foreach (string process in Directory.EnumerateDirectories("/proc").Where(folder => folder.AsSpan("/proc/".Length).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            if (Links(Path.Combine(process, "fd")).Any(sockets.Contains))
            {
                return $"{Text(Path.Combine(process, "comm")).Trim()}, process {Path.GetFileName(process)}";
            }
        }

        return null;
    }

    /// <summary>Inodes of the sockets that listen at a port, by proc_pid_net(5): local address and port in hexadecimal, state 0A.</summary>
    public static IEnumerable<string> Listening(string table, int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return table.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[1].EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && fields[3] == "0A")
            .Select(fields => fields[9]);
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<string> Links(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => new FileInfo(entry).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // another user's process, or one that ended
        }
    }
}

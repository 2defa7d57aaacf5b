using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Exo.Host.Terminal;

namespace Exo.Host.Devices;

/// <summary>The secret that all devices of a cluster share: made, kept in a file, found again.</summary>
internal static class ClusterKey
{
    public const string Variable = "EXO_CLUSTER_KEY";
    public const string FileVariable = "EXO_CLUSTER_KEY_FILE";
    public const string FileName = "cluster.key";

    /// <summary>Shorter ones could be guessed by whoever reaches a device.</summary>
    public const int LeastLength = 16;

    private const int MaxFileBytes = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>256 random bits in letters that no shell touches.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key in the home, if there is one.</summary>
    public static FileInfo InHome(string home) => new(Path.Combine(home, FileName));

    /// <summary>The first line of a key file.</summary>
    /// <exception cref="CommandFailureException">The file cannot be read or holds no key; the message has the remedy.</exception>
    public static string Read(FileInfo file)
    {
        string key;
        try
        {
            if (file.Length > MaxFileBytes)
            {
                throw new CommandFailureException($"{file.FullName} has {file.Length} bytes and is no key file: make one with `exo key cluster --out {FileName}`.");
            }

            key = File.ReadAllText(file.FullName).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"The key file {file.FullName} cannot be read ({e.Message}): give --key-file one that can, or set {Variable}.", e);
        }

        return key.Length > 0 ? key : throw new CommandFailureException($"The key file {file.FullName} is empty: make one with `exo key cluster --out {file.FullName} --force`.");
    }

    /// <summary>True when other users of this machine may read the file.</summary>
    public static bool IsShared(FileInfo file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.FullName) & ~OwnerOnly & ~UnixFileMode.UserExecute) != UnixFileMode.None;

    /// <summary>Writes a key for its owner's eyes alone; complete or not at all.</summary>
    /// <exception cref="CommandFailureException">The file exists and must not be replaced, or cannot be written.</exception>
    public static void Write(FileInfo file, string key, bool replace)
    {
        if (file.Exists && !replace)
        {
            throw new CommandFailureException($"{file.FullName} exists and stays: devices that use its key would be shut out. Replace it with --force, or give --out another name.", ExitCode.Usage);
        }

        string fresh = file.FullName + "." + Environment.ProcessId;
        try
        {
            Directory.CreateDirectory(file.DirectoryName!);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream stream = new(fresh, options))
            {
                stream.Write(Encoding.ASCII.GetBytes(key + "\n"));
            }

            File.Move(fresh, file.FullName, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(fresh))
            {
                File.Delete(fresh);
            }

            throw new CommandFailureException($"{file.FullName} cannot be written ({e.Message}): give --out a file that can.", e);
        }
    }
}

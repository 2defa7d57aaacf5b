using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>
/// The first bytes of a connection. Initiator: Hello. Acceptor: Reply. With a cluster key the reply proves the acceptor's
/// knowledge of it and the initiator answers with its own proof. The hello names the certificate that its sender was shown, so
/// the proofs hold for this TLS channel alone.
/// </summary>
internal static class Handshake
{
    public const byte ProtocolVersion = 2;
    public const int PrefixBytes = 6;
    public const int ProofBytes = 32;
    public const int MaxBodyBytes = 2048;
    public const int BindingBytes = 32;
    private const int NonceBytes = 16;

    private static ReadOnlySpan<byte> Magic => "EXO1"u8;

    internal enum Verdict : byte
    {
        Accepted = 0,
        ProofWanted = 1,
        WrongAddress = 2,
        Quarantined = 3,
        NewerProtocol = 4,
        ShuttingDown = 5,

        /// <summary>The greeting came without TLS, which this node wants as it has a cluster key or a certificate.</summary>
        TlsWanted = 6,

        /// <summary>The initiator was shown another certificate than the acceptor's: somebody ends TLS in between.</summary>
        Intercepted = 7,

        /// <summary>TLS came to a node that has neither a cluster key nor a certificate; said without TLS.</summary>
        NoTls = 8,
    }

    public static byte[] Encode(Hello hello)
    {
        using FrameBuffer buffer = new(256);
        Begin(buffer);
        buffer.WriteByte(hello.Version);
        buffer.WriteByte((byte)hello.Lane);
        buffer.WriteBytes(hello.Nonce);
        buffer.WriteByte((byte)hello.Binding.Length);
        buffer.WriteBytes(hello.Binding);
        buffer.WriteInt32(hello.Uid);
        buffer.WriteText(hello.From.ToString());
        buffer.WriteText(hello.To.ToString());
        return End(buffer);
    }

    public static byte[] Encode(Reply reply)
    {
        using FrameBuffer buffer = new(256);
        Begin(buffer);
        buffer.WriteByte((byte)reply.Verdict);
        buffer.WriteByte(reply.Version);
        buffer.WriteInt32(reply.Uid);
        buffer.WriteBytes(reply.Nonce);
        buffer.WriteBytes(reply.Proof);
        buffer.WriteText(reply.Explanation);
        return End(buffer);
    }

    /// <summary>Length of the body that follows the six bytes of a prefix.</summary>
    /// <exception cref="InvalidDataException">These are not the first bytes of our protocol; the message says what they look like.</exception>
    public static int BodyLength(ReadOnlySpan<byte> prefix)
    {
        if (!prefix.StartsWith(Magic))
            throw new InvalidDataException(Describe(prefix));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(prefix[4..]);
        return length <= MaxBodyBytes ? length : throw new InvalidDataException($"a greeting of {length} bytes; at most {MaxBodyBytes} are allowed");
    }

    public static Hello DecodeHello(ReadOnlySpan<byte> body)
    {
        FrameCursor cursor = new(body);
        byte version = cursor.ReadByte();
        if (version != ProtocolVersion)
            return new Hello(version, Lane.Control, [], [], 0, null, null);
        Lane lane = (Lane)cursor.ReadByte();
        if (lane > Lane.Heartbeat)
            throw new InvalidDataException($"an unknown kind of connection ({(byte)lane})");
        byte[] nonce = cursor.Take(NonceBytes).ToArray();
        byte[] binding = cursor.Take(cursor.ReadByte() is byte length and (0 or BindingBytes)
            ? length
            : throw new InvalidDataException("a greeting with half a certificate's hash")).ToArray();
        int uid = cursor.ReadInt32();
        return new Hello(version, lane, nonce, binding, uid, ReadAddress(ref cursor), ReadAddress(ref cursor));
    }

    public static Reply DecodeReply(ReadOnlySpan<byte> body)
    {
        FrameCursor cursor = new(body);
        return new Reply(
            (Verdict)cursor.ReadByte(),
            cursor.ReadByte(),
            cursor.ReadInt32(),
            cursor.Take(NonceBytes).ToArray(),
            cursor.Take(ProofBytes).ToArray(),
            cursor.ReadText());
    }

    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>A proof binds the key to both nonces, the TLS certificate, uids and addresses, so that it is of no use in another conversation.</summary>
    public static byte[] Prove(byte[] key, bool isAcceptor, Hello hello, int acceptorUid, byte[] acceptorNonce)
    {
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(isAcceptor ? "exo acceptor 2"u8 : "exo initiator 2"u8);
        hash.AppendData(Encode(hello));
        hash.AppendData(acceptorNonce);
        Span<byte> uid = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(uid, acceptorUid);
        hash.AppendData(uid);
        return hash.GetHashAndReset();
    }

    /// <summary>True for the first bytes of a TLS conversation: a handshake record of version 3.</summary>
    public static bool IsTls(ReadOnlySpan<byte> bytes) => bytes is [0x16, 0x03, ..];

    public static bool IsPlainGreeting(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>What a stranger's first bytes look like, for the one log line that it gets.</summary>
    internal static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (IsTls(bytes))
            return "a TLS greeting; this node has no cluster key, so its port speaks Exo's cluster protocol without TLS: give all nodes the same key";
        string text = Encoding.ASCII.GetString(bytes);
        if (text.StartsWith("GET ", StringComparison.Ordinal) || text.StartsWith("POST", StringComparison.Ordinal)
            || text.StartsWith("HEAD", StringComparison.Ordinal) || text.StartsWith("PUT ", StringComparison.Ordinal)
            || text.StartsWith("OPTI", StringComparison.Ordinal) || text.StartsWith("PRI ", StringComparison.Ordinal))
        {
            return "an HTTP request; the HTTP port is another one, see `exo status`";
        }

        return $"no greeting of Exo's cluster protocol (first bytes {Convert.ToHexString(bytes)})";
    }

    private static void Begin(FrameBuffer buffer)
    {
        buffer.WriteBytes(Magic);
        buffer.WriteBytes([0, 0]);
    }

    private static byte[] End(FrameBuffer buffer)
    {
        byte[] bytes = buffer.Written.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), checked((ushort)(bytes.Length - PrefixBytes)));
        return bytes;
    }

    private static Address ReadAddress(ref FrameCursor cursor)
    {
        string text = cursor.ReadText();
        return Address.TryParse(text, out Address address) && address.HasGlobalScope && address.Port is not null
            ? address
            : throw new InvalidDataException($"'{text}' is not the address of a node");
    }

    /// <param name="Binding">Hash of the certificate that the initiator was shown; empty without TLS.</param>
    internal sealed record Hello(byte Version, Lane Lane, byte[] Nonce, byte[] Binding, int Uid, Address From, Address To);

    internal sealed record Reply(Verdict Verdict, byte Version, int Uid, byte[] Nonce, byte[] Proof, string Explanation);
}

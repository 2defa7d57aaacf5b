using System.Buffers.Binary;
using Akka.Actor;
using Akka.Remote.Transport;

namespace Akka.Tests.Remote;

/// <summary>Makes byte sequences from seeds: noise, well-formed pieces, and well-formed pieces that were damaged.</summary>
internal sealed class WireFuzz(Address target)
{
    private static readonly string[] s_paths = ["/user/sink", "/user/sink#1", "/user/*", "", "/", "/user", "/system/../user", "/temp/1", "junk", "/user/a b", "/user/\u0000", "/deadLetters"];
    private static readonly string[] s_manifests = ["", "S", "I", "L", "ID", "AID", "AR", "PP", "K", "SF", "SS", "AD", "DN", "Sel1", "St1", "\u0000", new string('m', 300)];
    private static readonly int[] s_serializers = [0, 1, 4, 16, 17, 5, 6, -1, int.MaxValue, 120];
    private readonly Address _target = target;

    public WireFuzz()
        : this(new Address("akka.tcp", "there", "127.0.0.1", 2))
    {
    }

    public byte[] GoodGreeting(int seed)
    {
        Random random = new(seed);
        return Handshake.Encode(new Handshake.Hello(
            Handshake.ProtocolVersion, (Lane)random.Next(3), Handshake.NewNonce(), [], random.Next(), new Address("akka.tcp", "fuzz", "127.0.0.1", 1), _target));
    }

    public byte[] Greeting(int seed)
    {
        Random random = new(seed);
        switch (random.Next(6))
        {
            case 0:
                return Noise(random, 200);
            case 1:
                return [.. "EXO1"u8, .. Noise(random, 64)];
            case 2:
                return [0x16, 0x03, (byte)random.Next(5), .. Noise(random, 300)];
            case 3:
                return Damage(random, Handshake.Encode(new Handshake.Reply((Handshake.Verdict)random.Next(256), (byte)random.Next(256), random.Next(), Handshake.NewNonce(), new byte[Handshake.ProofBytes], new string('x', random.Next(200)))));
            default:
                byte[] binding = random.Next(2) == 0 ? [] : new byte[Handshake.BindingBytes];
                byte version = random.Next(8) == 0 ? (byte)random.Next(256) : Handshake.ProtocolVersion;
                return Damage(random, Handshake.Encode(new Handshake.Hello(version, (Lane)random.Next(5), Handshake.NewNonce(), binding, random.Next(), new Address("akka.tcp", "fuzz", "127.0.0.1", 1), _target)));
        }
    }

    public byte[] Frames(int seed)
    {
        Random random = new(seed);
        if (random.Next(8) == 0)
            return Noise(random, 400);
        using FrameBuffer buffer = new(256);
        for (int i = random.Next(1, 5); i > 0; i--)
            Frame(random, buffer);
        byte[] bytes = buffer.Written.ToArray();
        return random.Next(3) == 0 ? bytes : Damage(random, bytes);
    }

    private void Frame(Random random, FrameBuffer buffer)
    {
        int start = buffer.BeginFrame((FrameKind)(random.Next(20) == 0 ? random.Next(256) : random.Next(1, 5)));
        switch (random.Next(4))
        {
            case 0 or 1:
                Text(random, buffer, Path(random));
                Text(random, buffer, random.Next(2) == 0 ? null : Path(random));
                buffer.WriteInt32(s_serializers[random.Next(s_serializers.Length)]);
                Text(random, buffer, s_manifests[random.Next(s_manifests.Length)]);
                buffer.WriteBytes(random.Next(4) == 0 ? Tower(random) : Noise(random, 64));
                break;
            case 2:
                buffer.WriteInt64(random.Next(4));
                buffer.WriteByte((byte)random.Next(7));
                buffer.WriteText(Path(random));
                buffer.WriteText(Path(random));
                buffer.WriteByte((byte)random.Next(256));
                break;
            default:
                buffer.WriteInt32(random.Next());
                buffer.WriteInt64(random.NextInt64(long.MinValue, long.MaxValue));
                break;
        }

        buffer.EndFrame(start, random.Next(16) == 0 ? random.Next(-3, 70_000) : 0);
    }

    /// <summary>Messages in messages, some too deep.</summary>
    private static byte[] Tower(Random random)
    {
        byte[] inner = Noise(random, 8);
        for (int i = random.Next(20); i > 0; i--)
        {
            using FrameBuffer buffer = new(64);
            buffer.WriteByte(1);
            buffer.WriteInt32(16);
            buffer.WriteText(random.Next(2) == 0 ? "ID" : "SS");
            buffer.WriteVarint((uint)inner.Length);
            buffer.WriteBytes(inner);
            inner = buffer.Written.ToArray();
        }

        return inner;
    }

    private string Path(Random random)
    {
        string path = s_paths[random.Next(s_paths.Length)];
        return random.Next(4) switch
        {
            0 => path,
            1 => $"akka.tcp://fuzz@127.0.0.1:1{path}",
            2 => $"akka.tcp://x@:99999{path}",
            _ => _target + path,
        };
    }

    private static void Text(Random random, FrameBuffer buffer, string text)
    {
        switch (text is null ? 0 : random.Next(6))
        {
            case 0:
                buffer.WriteVarint(0);
                break;
            case 1 or 2:
                buffer.WriteVarint(1);
                buffer.WriteText(text);
                break;
            case 3 or 4:
                buffer.WriteVarint(2);
                buffer.WriteVarint((uint)random.Next(random.Next(10) == 0 ? 5000 : 40));
                buffer.WriteText(text);
                break;
            default:
                buffer.WriteVarint((uint)random.Next(3, 60));
                break;
        }
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        for (int i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. Noise(random, 20), .. bytes[at..]];
                    break;
                default:
                    if (bytes.Length >= at + 4)
                        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), random.Next(3) switch { 0 => -1, 1 => int.MaxValue, _ => random.Next(300_000) });
                    break;
            }
        }

        return bytes;
    }

    private static byte[] Noise(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }
}

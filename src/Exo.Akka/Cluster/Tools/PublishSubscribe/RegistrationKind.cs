namespace Akka.Cluster.Tools.PublishSubscribe;

internal enum RegistrationKind : byte
{
    Path,
    Topic,
    Group,
}

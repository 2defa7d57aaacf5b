namespace Akka.DependencyInjection;

public interface IResolverScope : IDisposable
{
    IDependencyResolver Resolver { get; }
}

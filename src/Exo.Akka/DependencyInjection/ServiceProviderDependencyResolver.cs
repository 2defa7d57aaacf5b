using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

public class ServiceProviderDependencyResolver : IDependencyResolver
{
    public ServiceProviderDependencyResolver(IServiceProvider serviceProvider)
    {
        ArgumentNullException.ThrowIfNull(serviceProvider);
        ServiceProvider = serviceProvider;
    }

    public IServiceProvider ServiceProvider { get; }

    public IResolverScope CreateScope() => new ServiceProviderScope(ServiceProvider.CreateScope());

    public T GetService<T>() => ServiceProvider.GetService<T>();

    public object GetService(Type type) => ServiceProvider.GetService(type);

    public Props Props(Type type) => Props(type, []);

    public Props Props(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return typeof(ActorBase).IsAssignableFrom(type)
            ? Actor.Props.CreateBy(new ServiceProviderProducer(ServiceProvider, type, args), args)
            : throw new ArgumentException($"{type} is not an actor", nameof(type));
    }

    public Props Props<T>(params object[] args)
        where T : ActorBase
        => Props(typeof(T), args);
}

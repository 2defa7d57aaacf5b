using System.Linq.Expressions;

namespace Akka.Actor;

/// <summary>How to make an actor: immutable, reused for every incarnation.</summary>
public class Props : IEquatable<Props>
{
    public static readonly Props None;

    private readonly IIndirectActorProducer _producer;

    public Props(Type type)
        : this(type, [])
    {
    }

    public Props(Type type, object[] args)
        : this(ProducerOf(type, args), type, args, Deploy.None, null)
    {
    }

    private Props(IIndirectActorProducer producer, Type type, object[] arguments, Deploy deploy, SupervisorStrategy strategy)
    {
        _producer = producer;
        Type = type;
        Arguments = arguments;
        Deploy = deploy;
        SupervisorStrategy = strategy;
    }

    public static Props Empty { get; } = new(typeof(NothingActor));

    public Type Type { get; }

    public string TypeName => Type.AssemblyQualifiedName;

    public object[] Arguments { get; }

    public Deploy Deploy { get; protected set; }

    public SupervisorStrategy SupervisorStrategy { get; protected set; }

    public string Dispatcher => Deploy.Dispatcher == Deploy.NoDispatcherGiven ? Akka.Dispatch.Dispatchers.DefaultDispatcherId : Deploy.Dispatcher;

    public string Mailbox => Deploy.Mailbox;

    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null)
        where TActor : ActorBase
    {
        NewExpression construction = (NewExpression)factory.Body;
        object[] arguments = [.. construction.Arguments.Select(Evaluate)];
        return new Props(ProducerOf(construction.Type, arguments), construction.Type, arguments, Deploy.None, supervisorStrategy);
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase
        => new(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new()
        => new(ProducerOf(typeof(TActor), []), typeof(TActor), [], Deploy.None, supervisorStrategy);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new Props(type, args);
    }

    public static Props CreateBy<TProducer>(params object[] args)
        where TProducer : class, IIndirectActorProducer
        => CreateBy((IIndirectActorProducer)Activator.CreateInstance(typeof(TProducer), args));

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return new Props(producer, producer.ActorType, args, Deploy.None, null);
    }

    public virtual ActorBase NewActor() => _producer.Produce();

    public Props WithDeploy(Deploy deploy) => With(deploy.WithFallback(Deploy), SupervisorStrategy);

    public Props WithDispatcher(string dispatcher) => With(Deploy.WithDispatcher(dispatcher), SupervisorStrategy);

    public Props WithMailbox(string mailbox) => With(Deploy.WithMailbox(mailbox), SupervisorStrategy);

    public Props WithStashCapacity(int stashCapacity) => With(Deploy.WithStashCapacity(stashCapacity), SupervisorStrategy);

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => With(Deploy, supervisorStrategy);

    public bool Equals(Props other)
        => other is not null && Type == other.Type && Deploy.Equals(other.Deploy) && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(Type, Deploy, Arguments.Length);

    internal void Release(ActorBase actor) => _producer.Release(actor);

    private static IIndirectActorProducer ProducerOf(Type type, object[] arguments)
    {
        if (typeof(IIndirectActorProducer).IsAssignableFrom(type))
            return (IIndirectActorProducer)Activator.CreateInstance(type, arguments);
        return typeof(ActorBase).IsAssignableFrom(type)
            ? new ActivatorProducer(type, arguments)
            : throw new ArgumentException($"{type} is neither an actor nor a producer of actors", nameof(type));
    }

    private static object Evaluate(Expression argument)
        => argument is ConstantExpression constant
            ? constant.Value
            : Expression.Lambda<Func<object>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();

    private Props With(Deploy deploy, SupervisorStrategy strategy) => new(_producer, Type, Arguments, deploy, strategy);

    private sealed class NothingActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}

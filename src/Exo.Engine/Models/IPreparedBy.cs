namespace Exo.Engine.Models;

/// <summary>A job that takes its parameters before each run.</summary>
/// <typeparam name="TParameters">The parameters.</typeparam>
internal interface IPreparedBy<TParameters>
{
    void Prepare(in TParameters parameters);
}

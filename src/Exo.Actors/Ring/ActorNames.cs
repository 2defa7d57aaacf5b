namespace Exo.Actors.Ring;

/// <summary>Names of actors made from names of models, which may hold any character.</summary>
internal static class ActorNames
{
    public static string Of(string model) =>
        string.Create(model.Length, model, (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] is '-' or '_' or '.' ? text[i] : '_';
            }
        });
}

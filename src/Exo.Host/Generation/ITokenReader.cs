namespace Exo.Host.Generation;

/// <summary>Turns the tokens of one answer into text; a code point cut between tokens is held back until it is whole.</summary>
internal interface ITokenReader
{
    string Push(int id);

    string Flush();
}

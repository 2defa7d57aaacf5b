using System.IO.Enumeration;

namespace Akka.Actor;

public class SelectChildPattern : SelectionPathElement
{
    public SelectChildPattern(string patternStr)
    {
        PatternStr = patternStr;
    }

    public string PatternStr { get; }

    public override string ToString() => PatternStr;

    internal bool Matches(string name) => FileSystemName.MatchesSimpleExpression(PatternStr, name, ignoreCase: false);
}

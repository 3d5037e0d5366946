using System.Runtime.CompilerServices;
using System.Text;
using Rms.Fhir.Model;

namespace Rms.Fhir.Json;

/// <summary>Reading stops here; the fatal issue has been noted.</summary>
internal sealed class StopReading : Exception;

/// <summary>Where the reader stands in one open object. Paths are made from these, and only when there is an issue.</summary>
internal struct Frame
{
    public FhirNode Node;

    /// <summary>The element being read, see <see cref="Json.Key"/>.</summary>
    public int Key;

    /// <summary>The place in the element's list; -1 when it is none.</summary>
    public int Index;

    /// <summary>A single value stands where a list should.</summary>
    public bool Single;

    /// <summary>The key first given for each of the type's choices; 0 when none was.</summary>
    public Choices Choices;

    /// <summary>Names seen that the bit masks cannot tell apart: unknown ones and second choices.</summary>
    public HashSet<string>? Extras;
}

[InlineArray(4)]
internal struct Choices
{
    private int _first;
}

/// <summary>The state of one reading: what it found, and where it is.</summary>
internal sealed class ReadContext(ReadOptions options)
{
    private readonly List<FhirIssue> _issues = [];
    private bool _hasError;
    private bool _full;

    public ReadOptions Options { get; } = options;

    public bool Strict { get; } = options.Manner == Manner.Strict;

    public Frame[] Frames { get; private set; } = new Frame[16];

    /// <summary>The frame of the innermost open object; -1 before the root.</summary>
    public int Top { get; set; } = -1;

    public int Entries { get; set; }

    public IReadOnlyList<FhirIssue> Issues => _issues;

    public bool HasError => _hasError;

    public void Push(FhirNode node)
    {
        if (++Top == Frames.Length)
        {
            var frames = Frames;
            Array.Resize(ref frames, frames.Length * 2);
            Frames = frames;
        }

        ref var frame = ref Frames[Top];
        frame.Node = node;
        frame.Key = -1;
        frame.Index = -1;
        frame.Single = false;
        frame.Choices = default;
        frame.Extras = null;
    }

    /// <summary>Notes what tolerant reading only warns of.</summary>
    public void Odd(string key, string code, string text, string? child = null) =>
        Add(Strict ? IssueSeverity.Error : IssueSeverity.Warning, key, code, text, child);

    public void Error(string key, string code, string text, string? child = null) =>
        Add(IssueSeverity.Error, key, code, text, child);

    /// <summary>Notes a fatal issue; the caller throws what this gives.</summary>
    public StopReading Fatal(string key, string code, string text)
    {
        Add(IssueSeverity.Fatal, key, code, text, child: null);
        return new StopReading();
    }

    public void Add(FhirIssue issue)
    {
        var isError = issue.Severity is IssueSeverity.Fatal or IssueSeverity.Error;
        if (_issues.Count < Options.MaxIssues || (isError && !_hasError) || issue.Severity == IssueSeverity.Fatal)
        {
            _issues.Add(issue);
        }
        else if (!_full)
        {
            _full = true;
            _issues.Add(
                new FhirIssue(
                    IssueSeverity.Information,
                    "too-costly",
                    "",
                    $"There are more issues; the first {Options.MaxIssues} are told.",
                    Faults.TooManyIssues
                )
            );
        }

        _hasError |= isError;
    }

    private void Add(IssueSeverity severity, string key, string code, string text, string? child) =>
        Add(new FhirIssue(severity, code, Path(child), text, key));

    /// <summary>Notes an oddity of the resource that is about to be opened, at its <c>resourceType</c>.</summary>
    public void OddType(string key, string code, string text)
    {
        var path = Top < 0 ? "resourceType" : Path(child: null) + ".resourceType";
        Add(new FhirIssue(Strict ? IssueSeverity.Error : IssueSeverity.Warning, code, path, text, key));
    }

    /// <summary>The FHIRPath of the element being read, or of a child of the innermost open object.</summary>
    private string Path(string? child)
    {
        if (Top < 0)
        {
            return "";
        }

        var path = new StringBuilder(Frames[0].Node.Shape.TypeName);
        for (var i = 0; i <= Top; i++)
        {
            ref var frame = ref Frames[i];
            if (i == Top && child is not null)
            {
                path.Append('.').Append(Printable(child));
                break;
            }

            if (frame.Key < 0)
            {
                continue;
            }

            if (frame.Key == Json.Key.ResourceType)
            {
                path.Append(".resourceType");
                continue;
            }

            path.Append('.').Append(frame.Node.Shape.Names[Json.Key.Ordinal(frame.Key)]);
            if (frame.Index >= 0)
            {
                path.Append('[').Append(frame.Index).Append(']');
            }
        }

        return path.ToString();
    }

    /// <summary>A name that a sender made up goes into a path only if it looks like a name.</summary>
    private static string Printable(string name)
    {
        if (name.Length is 0 or > 64)
        {
            return "`?`";
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return "`?`";
            }
        }

        return name;
    }
}

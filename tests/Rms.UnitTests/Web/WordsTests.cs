using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rms.Core;
using Rms.Triage;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Web;

/// <summary>Every word that a person reads stands in the resources, in both languages.</summary>
public sealed partial class WordsTests
{
    private static readonly string Root = FindRoot();
    private static readonly Dictionary<string, string> English = Read("Words.resx");
    private static readonly Dictionary<string, string> French = Read("Words.fr.resx");

    [Fact]
    public void English_and_French_hold_the_same_keys()
    {
        English.Keys.Except(French.Keys).ShouldBeEmpty("only in English");
        French.Keys.Except(English.Keys).ShouldBeEmpty("only in French");
    }

    [Fact]
    public void English_and_French_fill_in_the_same_values()
    {
        foreach ((string key, string english) in English)
        {
            Placeholders(French[key]).ShouldBe(Placeholders(english), $"placeholders of {key}");
        }
    }

    [Fact]
    public void Every_key_that_pages_and_code_name_exists()
    {
        List<string> missing = [];
        foreach (string file in Sources("*.cshtml").Concat(Sources("*.cs")))
        {
            foreach (Match match in NamedKey().Matches(File.ReadAllText(file)))
            {
                string key = match.Groups["key"].Value;
                bool counted = match.Groups["count"].Success;
                if (!key.EndsWith('.') && !English.ContainsKey(counted ? key + ".one" : key))
                {
                    missing.Add($"{Path.GetFileName(file)}: {key}");
                }
            }
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_counted_key_has_both_numbers() =>
        English
            .Keys.Where(key => key.EndsWith(".one", StringComparison.Ordinal))
            .Select(key => key[..^3] + "other")
            .Where(key => !English.ContainsKey(key))
            .ShouldBeEmpty();

    [Fact]
    public void Every_worklist_state_and_step_has_words()
    {
        IEnumerable<string> keys =
        [
            .. WorklistNames.All.SelectMany(name => new[] { "List." + name, "Empty." + name }),
            .. Enum.GetNames<ReferralState>().Select(state => "State." + Kebab(state)),
            .. Enum.GetNames<LifecycleAction>().Select(action => "Did." + Kebab(action)),
        ];

        keys.Where(key => !English.ContainsKey(key)).ShouldBeEmpty();
    }

    [Fact]
    public void No_page_holds_words_of_its_own()
    {
        List<string> found = [];
        foreach (string file in Sources("*.cshtml"))
        {
            string markup = WithoutRazor(File.ReadAllText(file));
            IEnumerable<string> words = Between()
                .Matches(markup)
                .Select(match => Entity().Replace(match.Groups[1].Value, "").Trim())
                .Concat(SpokenAttribute().Matches(markup).Select(match => match.Groups[1].Value))
                .Where(text => Letters().IsMatch(text));
            found.AddRange(words.Select(text => $"{Path.GetFileName(file)}: {text}"));
        }

        found.ShouldBeEmpty();
    }

    /// <summary>Takes Razor's comments, blocks and expressions out, so that markup and C# statements stay.</summary>
    private static string WithoutRazor(string page)
    {
        string text = RazorComment().Replace(page, "");
        System.Text.StringBuilder kept = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '@' || i + 1 == text.Length)
            {
                kept.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] is '{' or '(')
            {
                i = SkipPair(text, i);
                continue;
            }

            // A directive takes its line; an expression its names, calls and indexes.
            if (Directive().Match(text, i) is { Success: true } directive && directive.Index == i)
            {
                i += directive.Length - 1;
                continue;
            }

            while (i < text.Length)
            {
                if (char.IsLetterOrDigit(text[i]) || text[i] == '_')
                {
                    i++;
                }
                else if (text[i] is '(' or '[')
                {
                    i = SkipPair(text, i) + 1;
                }
                else if (text[i] is '.' or '!' && i + 1 < text.Length && char.IsLetter(text[i + 1]))
                {
                    i++;
                }
                else
                {
                    break;
                }
            }

            i--;
        }

        return kept.ToString();
    }

    private static int SkipPair(string text, int open)
    {
        (char from, char to) = text[open] switch
        {
            '(' => ('(', ')'),
            '[' => ('[', ']'),
            _ => ('{', '}'),
        };
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth +=
                text[i] == from ? 1
                : text[i] == to ? -1
                : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return text.Length - 1;
    }

    private static List<string> Placeholders(string text) =>
        [.. Placeholder().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal)];

    private static string Kebab(string name) => Hump().Replace(name, "-$1").ToLowerInvariant();

    private static IEnumerable<string> Sources(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, "web", "Pages"), pattern, SearchOption.AllDirectories);

    private static Dictionary<string, string> Read(string file) =>
        XDocument
            .Load(Path.Combine(Root, "web", "Resources", file))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rms.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }

#pragma warning disable MA0009 // The repository's own files are not hostile.
    [GeneratedRegex("""(?:\b[Ss]ay|\b[Ww]ords|\bthis)(?:(?<count>\.Count\()|\[)"(?<key>[^"]+)"(?! \+)""")]
    private static partial Regex NamedKey();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(?<=.)([A-Z])")]
    private static partial Regex Hump();

    [GeneratedRegex(@"@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex RazorComment();

    [GeneratedRegex(@"(?:page|model|using|inject|namespace|addTagHelper)\b[^\n]*")]
    private static partial Regex Directive();

    // What stands between two tags; C# statements in between betray themselves by these characters.
    [GeneratedRegex("""(?<!=)>([^<>(){};="]*)<""")]
    private static partial Regex Between();

    [GeneratedRegex("""\b(?:title|aria-label|placeholder|alt)="([^"@]*)""")]
    private static partial Regex SpokenAttribute();

    [GeneratedRegex(@"&\w+;")]
    private static partial Regex Entity();

    [GeneratedRegex(@"\p{L}{2,}")]
    private static partial Regex Letters();
}

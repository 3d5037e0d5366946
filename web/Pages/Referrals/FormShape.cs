using System.Text.RegularExpressions;
using Rms.Core;

namespace Rms.Web.Pages.Referrals;

/// <summary>
/// How the answers of a form are laid out: in the order sent, items that say nothing left out, and those that the form
/// itself does not show (hidden) apart from the rest. Ocean sends its forms flat, with a section's title as an item of its
/// own (linkId section and a number): what follows such a title is shown under it.
/// </summary>
public static partial class FormShape
{
    /// <summary>Whether anything in here was answered.</summary>
    public static bool IsAnswered(FormItem item) => item.Answers.Count > 0 || item.Items.Any(IsAnswered);

    /// <summary>How many visible questions have no answer.</summary>
    public static int CountUnanswered(IReadOnlyList<FormItem> items) =>
        items.Sum(item =>
            item.Items.Count > 0 ? CountUnanswered(item.Items)
            : item.Answers.Count == 0 ? 1
            : 0
        );

    /// <summary>The items that the form shows, with their groups and sections.</summary>
    public static IReadOnlyList<FormItem> Visible(IReadOnlyList<FormItem> items) =>
        Sections([
            .. items
                .Where(item => !item.Hidden && Says(item))
                .Select(item => item with { Items = Visible(item.Items) })
                .Where(Says),
        ]);

    /// <summary>The questions that the form hides, flat, groups opened.</summary>
    public static IReadOnlyList<FormItem> Hidden(IReadOnlyList<FormItem> items) => [.. Hidden(items, within: false)];

    /// <summary>Cuts a level into runs: consecutive plain questions together, each group by itself.</summary>
    public static IEnumerable<IReadOnlyList<FormItem>> Runs(IReadOnlyList<FormItem> items)
    {
        List<FormItem> run = [];
        foreach (FormItem item in items)
        {
            if (item.Items.Count == 0)
            {
                run.Add(item);
                continue;
            }

            if (run.Count > 0)
            {
                yield return run;
                run = [];
            }

            yield return [item];
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static List<FormItem> Sections(List<FormItem> items)
    {
        List<FormItem> shaped = [];
        for (int i = 0; i < items.Count; i++)
        {
            if (!IsTitle(items[i]))
            {
                shaped.Add(items[i]);
                continue;
            }

            List<FormItem> under = [.. items.Skip(i + 1).TakeWhile(item => !IsTitle(item))];
            shaped.Add(items[i] with { Items = under });
            i += under.Count;
        }

        return shaped;
    }

    private static bool IsTitle(FormItem item) =>
        item is { Answers.Count: 0, Items.Count: 0 } && SectionKey().IsMatch(item.LinkId);

    private static IEnumerable<FormItem> Hidden(IReadOnlyList<FormItem> items, bool within)
    {
        foreach (FormItem item in items)
        {
            bool hidden = within || item.Hidden;
            if (hidden && (item.Answers.Count > 0 || (item.Items.Count == 0 && Says(item))))
            {
                yield return item with
                {
                    Items = [],
                };
            }

            foreach (FormItem inner in Hidden(item.Items, hidden))
            {
                yield return inner;
            }
        }
    }

    private static bool Says(FormItem item) =>
        item.Answers.Count > 0 || !string.IsNullOrWhiteSpace(item.Text) || item.Items.Any(Says);

    [GeneratedRegex("^section[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex SectionKey();
}

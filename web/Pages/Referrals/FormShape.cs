using Rms.Core;

namespace Rms.Web.Pages.Referrals;

/// <summary>
/// How the answers of a form are laid out: in the order sent, items that say nothing left out, and those that the form
/// itself does not show (hidden) apart from the rest.
/// </summary>
public static class FormShape
{
    /// <summary>Whether there is any answer at all.</summary>
    public static bool HasContent(IReadOnlyList<FormItem> items) => items.Any(Says);

    /// <summary>How many questions are hidden by the form, at any depth.</summary>
    public static int CountHidden(IReadOnlyList<FormItem> items) => Hidden(items).Count;

    /// <summary>The items that the form shows, with their groups.</summary>
    public static IReadOnlyList<FormItem> Visible(IReadOnlyList<FormItem> items) =>
        [
            .. items
                .Where(item => !item.Hidden && Says(item))
                .Select(item => item with { Items = Visible(item.Items) })
                .Where(Says),
        ];

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
}

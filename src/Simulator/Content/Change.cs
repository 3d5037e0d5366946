using System.Globalization;

namespace Rms.Simulator.Content;

/// <summary>What a referrer changes in a referral that was sent before.</summary>
/// <param name="Key">How scripts name it.</param>
/// <param name="Name">What the page shows.</param>
/// <param name="Hint">What MessageHeader.reason says of it.</param>
/// <param name="Make">What the referral says afterwards, which always differs from what it said before.</param>
internal sealed record Change(string Key, string Name, string Hint, Func<Draft, Random, Draft> Make)
{
    public static readonly Change Phone = new("phone", "Another mobile phone", "Mobile phone changed", NewPhone);
    public static readonly Change Priority = new("priority", "Another priority", "Priority changed", NewPriority);
    public static readonly Change Attachment = new(
        "attachment",
        "One more attachment",
        "Attachment added",
        NewDocument
    );
    public static readonly Change Answer = new("answer", "One more form answer", "Form answer added", NewAnswer);

    /// <summary>Date of birth and address were mistyped. Sent as a correction, not as an update.</summary>
    public static readonly Change Demographics = new(
        "demographics",
        "Corrected demographics",
        "Demographics corrected",
        Correct
    );

    /// <summary>Those that are sent as updates.</summary>
    public static IReadOnlyList<Change> Updates { get; } = [Phone, Priority, Attachment, Answer];

    /// <summary>The update with this key; null when there is none.</summary>
    public static Change? Find(string? key) => Updates.FirstOrDefault(c => c.Key == key);

    private static Draft NewPhone(Draft draft, Random random)
    {
        var patient = draft.Patient;
        string phone;
        do
        {
            phone = Drafting.Phone(random);
        } while (phone == patient.MobilePhone || phone == patient.HomePhone || phone == patient.WorkPhone);
        return draft with { Patient = patient with { MobilePhone = phone } };
    }

    private static Draft NewPriority(Draft draft, Random random) =>
        draft with
        {
            Priority = draft.Priority switch
            {
                "routine" or "stat" => "urgent",
                "urgent" => "asap",
                _ => "stat",
            },
        };

    private static Draft NewDocument(Draft draft, Random random)
    {
        var title = $"Follow-up note {draft.Documents.Count + 1}.pdf";
        var added = new Document(Drafting.RandomId(random), "pdf", title, Inline: false);
        return draft with { Documents = [.. draft.Documents, added] };
    }

    private static Draft NewAnswer(Draft draft, Random random)
    {
        string[] answers =
        [
            "Worse since Monday; cannot sleep for it.",
            "Can come on a day's notice.",
            "Away from the 10th to the 24th of next month.",
            "A new drug was started yesterday; list to follow.",
        ];
        var added = FormItem.Answered(
            $"added{draft.Form.Count}",
            "Since the referral was sent:",
            answers[random.Next(answers.Length)]
        );
        return draft with { Form = [.. draft.Form, added] };
    }

    private static Draft Correct(Draft draft, Random random)
    {
        var patient = draft.Patient;
        // The target may have corrected it before, to a year or a month.
        var born = DateOnly.TryParseExact(
            patient.BirthDate,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var known
        )
            ? known.AddDays(-random.Next(1, 28))
            : new DateOnly(1961, 4, 17);
        return draft with
        {
            Patient = patient with
            {
                BirthDate = born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Address = patient.Address is null
                    ? null
                    : patient.Address with
                    {
                        Line2 = $"Unit {random.Next(1, 400)}",
                    },
            },
        };
    }
}

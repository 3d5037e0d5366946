using Rms.Core;

namespace Rms.Intake;

/// <summary>
/// What is kept when a source speaks again: what it says now, and where it says nothing, what it said before. An empty
/// demographic field never erases (sources send no field for "unknown", and the same for "not asked").
/// </summary>
internal static class Merging
{
    /// <summary>Both together.</summary>
    /// <param name="before">What is kept.</param>
    /// <param name="now">What the message says.</param>
    /// <param name="hasRequest">Whether the message holds the request itself; otherwise it speaks of the patient alone.</param>
    public static ReferralContent Of(ReferralContent before, ReferralContent now, bool hasRequest)
    {
        // Without the request, or with the connection's stand-in for a requester, nobody says who asks.
        var saysWhoAsks = before.Requester is null || (hasRequest && now.Requester is { FromConnection: false });
        return (hasRequest ? now : before) with
        {
            Patient = Patient(before.Patient, Stated(before.Patient, now.Patient)),
            Requester = saysWhoAsks ? now.Requester : before.Requester,
            Authorizer = saysWhoAsks ? now.Authorizer : before.Authorizer,
            Submitter = saysWhoAsks ? now.Submitter : before.Submitter,
            CopiedTo = now.CopiedTo.Count > 0 ? now.CopiedTo : before.CopiedTo,
            Form = now.Form ?? before.Form,
            Attachments = now.Attachments.Count > 0 ? now.Attachments : before.Attachments,
            Supporting = now.Supporting.Count > 0 ? now.Supporting : before.Supporting,
            Performer = now.Performer.Count > 0 ? now.Performer : before.Performer,
        };
    }

    /// <summary>
    /// What the message says of the patient itself. An answer of the form stands in for a field that nobody ever
    /// stated; it is no reason to overwrite one that was.
    /// </summary>
    private static PatientDetails Stated(PatientDetails before, PatientDetails now)
    {
        var outweighed = now.FromForm.Where(f => Has(before, f) && !before.FromForm.Contains(f)).ToHashSet();
        return now with
        {
            Language = outweighed.Contains(ContentField.Language) ? null : now.Language,
            Interpreter = outweighed.Contains(ContentField.Interpreter) ? null : now.Interpreter,
            EmailConsent = outweighed.Contains(ContentField.EmailConsent) ? null : now.EmailConsent,
            Telecoms = [.. now.Telecoms.Where(t => !t.FromForm || !outweighed.Contains(FieldOf(t)))],
            FromForm =
            [
                .. now.FromForm.Where(f => !outweighed.Contains(f)),
                // Filled by a form before, and nobody has stated it since.
                .. before.FromForm.Where(f => !Has(now, f)),
            ],
        };
    }

    private static bool Has(PatientDetails patient, string field) =>
        field switch
        {
            ContentField.Language => patient.Language is not null,
            ContentField.Interpreter => patient.Interpreter is not null,
            ContentField.EmailConsent => patient.EmailConsent is not null,
            ContentField.Phone => patient.Telecoms.Any(t => t.System == "phone"),
            _ => patient.Telecoms.Any(t => FieldOf(t) == field),
        };

    private static string FieldOf(ContactPoint point) =>
        point switch
        {
            { System: "email" } => ContentField.Email,
            { Use: "mobile" } => ContentField.Mobile,
            _ => ContentField.Phone,
        };

    private static PatientDetails Patient(PatientDetails before, PatientDetails now) =>
        now with
        {
            Names = Names(before.Names, now.Names),
            // Sources send "unknown" for a field that was left blank.
            Gender = now.Gender is null or "unknown" ? before.Gender ?? now.Gender : now.Gender,
            BirthDate = now.BirthDate ?? before.BirthDate,
            Identifiers = Identifiers(before.Identifiers, now.Identifiers),
            Telecoms =
            [
                .. now.Telecoms,
                .. before.Telecoms.Where(t => !now.Telecoms.Any(n => (n.System, n.Use) == (t.System, t.Use))),
            ],
            Addresses = now.Addresses.Count > 0 ? now.Addresses : before.Addresses,
            Language = now.Language ?? before.Language,
            Deceased = now.Deceased ?? before.Deceased,
            EmailConsent = now.EmailConsent ?? before.EmailConsent,
            Interpreter = now.Interpreter ?? before.Interpreter,
        };

    private static IReadOnlyList<PersonName> Names(IReadOnlyList<PersonName> before, IReadOnlyList<PersonName> now)
    {
        if (!now.Any(n => n.Display.Length > 0))
            return before;
        return
        [
            .. now.Select(name =>
                before.FirstOrDefault(b => b.Use == name.Use && b.Family == name.Family) is { } same
                    ? name with
                    {
                        Given = name.Given.Count > 0 ? name.Given : same.Given,
                        Prefix = name.Prefix ?? same.Prefix,
                        Suffix = name.Suffix ?? same.Suffix,
                    }
                    : name
            ),
        ];
    }

    private static IReadOnlyList<PatientIdentifier> Identifiers(
        IReadOnlyList<PatientIdentifier> before,
        IReadOnlyList<PatientIdentifier> now
    )
    {
        // An identifier without a value says nothing; one of the same kind with a value takes the place of the old.
        var given = now.Where(i => i.Value is not null).ToList();
        return
        [
            .. given.Select(i =>
                i.VersionCode is null
                && before.FirstOrDefault(b => Same(b, i) && b.Value == i.Value) is { VersionCode: { } version }
                    ? i with
                    {
                        VersionCode = version,
                    }
                    : i
            ),
            .. before.Where(b => !given.Any(i => Same(b, i))),
        ];

        static bool Same(PatientIdentifier one, PatientIdentifier other) =>
            (one.TypeCode, one.System, one.Use) == (other.TypeCode, other.System, other.Use);
    }
}

using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Directories;
using Rms.Fhir;

namespace Rms.Intake;

/// <summary>
/// What a referral should have and has not. It never refuses anything: a person reads it and asks. Mandatory for every
/// referral are the patient's first and last name, date of birth, street, city and one telephone (sources promise them
/// and don't always keep it); what else is wanted is the listing's own business.
/// </summary>
internal static class Completeness
{
    // A title longer than this is none; looking through a megabyte of it would take its time.
    private const int LongestName = 1000;
    private const string Absent = "absent";
    private const string Undated = "undated";
    private const string TooOld = "too-old";

    private static readonly string[] Mandatory =
    [
        ContentField.GivenName,
        ContentField.FamilyName,
        ContentField.BirthDate,
        ContentField.Street,
        ContentField.City,
        ContentField.AnyPhone,
    ];

    /// <summary>What is missing, the mandatory demographics first, then in the order of the rules.</summary>
    /// <param name="today">The site's day, from which ages are counted.</param>
    public static IReadOnlyList<MissingPart> Missing(
        ReferralContent content,
        IReadOnlyList<CompletenessRule> rules,
        DateOnly today
    )
    {
        List<MissingPart> missing =
        [
            .. Mandatory
                .Where(field => !Has(content, field))
                // A listing that asks for a telephone does not need to hear twice that there is none.
                .Where(field =>
                    field != ContentField.AnyPhone
                    || !rules.Any(r => r is { Kind: "field", Key: ContentField.Phone or ContentField.AnyPhone })
                )
                .Select(field => new MissingPart("demographics", field, null, null, Absent, null, null)),
        ];
        foreach (var rule in rules)
        {
            if (
                Lacks(content, rule, today) is { } part
                && !missing.Exists(m => m.Kind == "demographics" && m.Key == part.Key)
            )
                missing.Add(part);
        }
        return missing;
    }

    /// <summary>The same at a moment, by the listing's rules and its site's day.</summary>
    public static IReadOnlyList<MissingPart> Missing(
        ReferralContent content,
        ListingFound listing,
        DateTimeOffset now
    ) => Missing(content, listing.Completeness, Today(listing, now));

    private static DateOnly Today(ListingFound listing, DateTimeOffset now) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(listing.TimeZone, out var zone)
            ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime)
            : DateOnly.FromDateTime(now.UtcDateTime);

    private static MissingPart? Lacks(ReferralContent content, CompletenessRule rule, DateOnly today)
    {
        var (why, date) = rule.Kind switch
        {
            "field" => (Has(content, rule.Key) ? null : Absent, null),
            "answer" => (IsAnswered(content.Form, rule.Key) ? null : Absent, null),
            "attachment" => Recent(
                content.Attachments.Where(a => HasWords(a.Title, rule.Key)).Select(a => a.Date),
                rule.WithinDays,
                today
            ),
            "observation" => Recent(
                content.Supporting.Where(s => s.Kind == "Observation" && IsOf(s, rule.Key)).Select(s => s.Date),
                rule.WithinDays,
                today
            ),
            _ => (null, null),
        };
        return why is null
            ? null
            : new MissingPart(
                rule.Kind,
                rule.Key,
                rule.LabelEn,
                rule.LabelFr ?? rule.LabelEn,
                why,
                rule.WithinDays,
                date
            );
    }

    /// <summary>
    /// Whether one of the dates is recent enough. A partial date counts from the first day that it can mean; no date,
    /// one that is none, and one that lies ahead prove nothing.
    /// </summary>
    private static (string? Why, string? Date) Recent(IEnumerable<string?> found, int? withinDays, DateOnly today)
    {
        var dates = found.ToList();
        if (dates.Count == 0)
            return (Absent, null);
        if (withinDays is not { } days)
            return (null, null);
        (DateOnly Day, string Text)? newest = null;
        var undated = false;
        foreach (var text in dates)
        {
            // A day ahead may be today where it was written.
            if (!FhirDate.TryParse(text, out var date) || date.FirstDay > today.AddDays(1))
                undated = true;
            else if (newest is null || date.FirstDay > newest.Value.Day)
                newest = (date.FirstDay, text!);
        }
        if (newest is { } latest && latest.Day.AddDays(days) >= today)
            return (null, null);
        return undated ? (Undated, null) : (TooOld, newest?.Text);
    }

    private static bool IsAnswered(FormAnswers? form, string linkId) =>
        form is not null
        && FormFields
            .All(form.Items)
            .Any(i =>
                i.LinkId.Equals(linkId, StringComparison.OrdinalIgnoreCase)
                && i.Answers.Any(a => !string.IsNullOrWhiteSpace(a))
            );

    private static bool IsOf(SupportingItem item, string key) =>
        item.Codes.Any(c => key.Equals(c.Value, StringComparison.OrdinalIgnoreCase) || HasWords(c.Display, key))
        || HasWords(item.Text, key)
        || item.Parts.Any(p => HasWords(p.Name, key));

    /// <summary>Whether the words stand in the text, not inside longer ones: ECG in ECG_2026.pdf, not in RECGO.</summary>
    private static bool HasWords(string? text, string words)
    {
        if (text is null)
            return false;
        text = text.Length > LongestName ? text[..LongestName] : text;
        var compare = CultureInfo.InvariantCulture.CompareInfo;
        const CompareOptions Loose = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace;
        for (var from = 0; from < text.Length; from++)
        {
            var at = compare.IndexOf(text.AsSpan(from), words, Loose, out var length);
            if (at < 0 || length == 0)
                return false;
            var (start, end) = (from + at, from + at + length);
            if ((start == 0 || !char.IsLetter(text[start - 1])) && (end == text.Length || !char.IsLetter(text[end])))
                return true;
            from = start;
        }
        return false;
    }

    private static bool Has(ReferralContent content, string field)
    {
        var (patient, request, requester) = (content.Patient, content.Request, content.Requester);
        return field switch
        {
            ContentField.GivenName => patient.Names.Any(n => n.Given.Count > 0 || Words(n) > 1),
            ContentField.FamilyName => patient.Names.Any(n => n.Family is not null || Words(n) > 0),
            ContentField.BirthDate => patient.BirthDate is not null,
            ContentField.Street => patient.Addresses.Any(a =>
                a.Use != "old" && (a.Lines.Count > 0 || a.Text is not null)
            ),
            ContentField.City => patient.Addresses.Any(a => a.Use != "old" && (a.City ?? a.Text) is not null),
            ContentField.AnyPhone => Reaches(patient.Telecoms, "phone", "sms", "fax"),
            ContentField.Phone => Reaches(patient.Telecoms, "phone", "sms"),
            ContentField.Mobile => patient.Telecoms.Any(t =>
                t.System == "sms" || t is { System: "phone", Use: "mobile" }
            ),
            ContentField.Email => Reaches(patient.Telecoms, "email"),
            ContentField.EmailConsent => patient.EmailConsent is not null,
            ContentField.Language => patient.Language is not null,
            ContentField.Interpreter => patient.Interpreter is not null,
            ContentField.HealthNumber => patient.HealthNumber is not null,
            ContentField.Reason => request.Reasons.Count > 0,
            ContentField.Priority => request.Priority is not null,
            ContentField.PriorityNote => request.PriorityNote is not null,
            ContentField.Service => request.Service is not null || request.Categories.Count > 0,
            ContentField.RequesterName => requester is { IsPatient: true } or { Name: not null },
            ContentField.Billing => requester?.Identifiers.Any(i => IsOf(i, "billing")) == true,
            ContentField.Licence => requester?.Identifiers.Any(i => i.TypeCode is "LN" or "MD" || IsOf(i, "licen"))
                == true,
            ContentField.RequesterPhone => requester is not null && Reaches(requester.Telecoms, "phone", "sms"),
            ContentField.RequesterFax => requester is not null && Reaches(requester.Telecoms, "fax"),
            // A field that we don't know can't be there: staff see that the rule asks for the impossible.
            _ => false,
        };
    }

    // A name in one piece: how many words it has. Nothing more can be told of it.
    private static int Words(PersonName name) =>
        name.Family is null && name.Given.Count == 0
            ? name.Text?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length ?? 0
            : 0;

    private static bool Reaches(IReadOnlyList<ContactPoint> telecoms, params ReadOnlySpan<string> systems)
    {
        foreach (var telecom in telecoms)
        {
            // Some sources leave the system out: a number is a telephone's then.
            if (telecom.Use != "old" && systems.Contains(telecom.System ?? "phone"))
                return true;
        }
        return false;
    }

    private static bool IsOf(PatientIdentifier identifier, string part) =>
        identifier.System?.Contains(part, StringComparison.OrdinalIgnoreCase) == true
        || identifier.TypeText?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>Why a person must look at a referral before its decision, as far as its content says.</summary>
internal static class ReviewReasons
{
    /// <summary>Nobody asks: the message names no requester, and its connection none for such a case.</summary>
    public const string NoRequester = "no-requester";

    /// <summary>The codes, in order; none when all is well.</summary>
    public static IReadOnlyList<string> Of(ReferralContent content) =>
        content.Requester is null or { IsPatient: false, Name: null, Identifiers.Count: 0 } ? [NoRequester] : [];
}

internal sealed class FindingMissing(RmsDb db, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<MissingOf, IReadOnlyList<MissingPart>>
{
    public async Task<IReadOnlyList<MissingPart>> Handle(MissingOf request, CancellationToken cancellationToken)
    {
        var listing = await db
            .Referrals.Where(r => r.Id == request.ReferralId)
            .Where(r => actor.Kind != ActorKind.Person || actor.Sites.Contains(r.SiteId))
            .Select(r => (Guid?)r.ListingId)
            .SingleOrDefaultAsync(cancellationToken);
        if (listing is not { } id)
            throw Problem.NotFound();
        var content = await mediator.Send(new ReferralContentOf(request.ReferralId), cancellationToken);
        var rules = await mediator.Send(new ListingOf(id), cancellationToken);
        return Completeness.Missing(content, rules, clock.GetUtcNow());
    }
}

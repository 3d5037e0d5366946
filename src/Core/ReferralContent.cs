using System.Text.Json.Serialization;

namespace Rms.Core;

/// <summary>
/// What a referral says, in our own words. Kept sealed: the patient's demographics in one place, all the rest in
/// another.
/// </summary>
public sealed record ReferralContent(
    PatientDetails Patient,
    RequestDetails Request,
    Clinician? Requester,
    Clinician? Submitter,
    IReadOnlyList<Clinician> CopiedTo,
    FormAnswers? Form,
    IReadOnlyList<AttachmentDetails> Attachments,
    IReadOnlyList<SupportingItem> Supporting
)
{
    /// <summary>Nothing.</summary>
    public static ReferralContent Empty { get; } =
        new(
            PatientDetails.Empty,
            new RequestDetails(null, null, null, [], null, [], [], [], []),
            null,
            null,
            [],
            null,
            [],
            []
        );

    // A sealed content may be older than a member: what it does not hold is null, whatever the initialiser says.

    /// <summary>The performer's identifiers as the source gave them, to be given back in every message.</summary>
    public IReadOnlyList<PatientIdentifier> Performer
    {
        get => field ?? [];
        init;
    }

    /// <summary>On whose authority it is asked (MessageHeader.author); null when that is the requester.</summary>
    public Clinician? Authorizer { get; init; }
}

/// <summary>Who the patient is.</summary>
public sealed record PatientDetails(
    IReadOnlyList<PersonName> Names,
    string? Gender,
    string? BirthDate,
    IReadOnlyList<PatientIdentifier> Identifiers,
    IReadOnlyList<ContactPoint> Telecoms,
    IReadOnlyList<PostalAddress> Addresses,
    string? Language,
    bool? Deceased
)
{
    /// <summary>Nobody.</summary>
    public static PatientDetails Empty { get; } = new([], null, null, [], [], [], null, null);

    /// <summary>Whether the patient agrees to be written to by e-mail; null when nothing was said.</summary>
    public bool? EmailConsent { get; init; }

    /// <summary>Whether an interpreter is needed: true, false, or the source's words for it; null when nothing was said.</summary>
    public string? Interpreter { get; init; }

    /// <summary>What the message itself did not give and the form's answers did: codes of <see cref="ContentField"/>.</summary>
    public IReadOnlyList<string> FromForm
    {
        get => field ?? [];
        init;
    }

    /// <summary>The name to show: SURNAME, Given; the plain text where there are no parts; empty when unknown.</summary>
    [JsonIgnore]
    public string DisplayName => Names.Select(n => n.Display).FirstOrDefault(n => n.Length > 0) ?? "";

    /// <summary>The provincial health number, or the first identifier of type JHN.</summary>
    [JsonIgnore]
    public PatientIdentifier? HealthNumber =>
        Identifiers.FirstOrDefault(i => i is { TypeCode: "JHN", Use: not "secondary", Value: not null })
        ?? Identifiers.FirstOrDefault(i => i is { Province: not null, Use: not "secondary", Value: not null })
        ?? Identifiers.FirstOrDefault(i => i is { TypeCode: "JHN", Value: not null });
}

/// <summary>A name.</summary>
public sealed record PersonName(
    string? Use,
    string? Family,
    IReadOnlyList<string> Given,
    string? Prefix,
    string? Suffix,
    string? Text
)
{
    /// <summary>SURNAME, Given; or the text.</summary>
    [JsonIgnore]
    public string Display =>
        (Family, Given.Count) switch
        {
            (null or "", 0) => Text ?? "",
            (null or "", _) => string.Join(' ', Given),
            (_, 0) => Family.ToUpperInvariant(),
            _ => $"{Family.ToUpperInvariant()}, {string.Join(' ', Given)}",
        };
}

/// <summary>An identifier of a patient, a clinician or a request.</summary>
/// <param name="TypeCode">JHN, MR, LN, MD and so on (HL7 table 0203).</param>
/// <param name="TypeText">The type in words; for a secondary number its system ("Military ID").</param>
/// <param name="Use">official, secondary.</param>
/// <param name="System">The system's URI.</param>
/// <param name="Value">The number; sources send identifiers without one.</param>
/// <param name="Province">Two letters, read from the system's URI of a health number.</param>
/// <param name="VersionCode">A health card's version code.</param>
public sealed record PatientIdentifier(
    string? TypeCode,
    string? TypeText,
    string? Use,
    string? System,
    string? Value,
    string? Province,
    string? VersionCode
);

/// <summary>A telephone number, fax number or e-mail address.</summary>
public sealed record ContactPoint(string? System, string? Use, string? Value)
{
    /// <summary>An answer of the form, not the source's own demographics: it is never told to the source.</summary>
    public bool FromForm { get; init; }
}

/// <summary>An address.</summary>
public sealed record PostalAddress(
    string? Use,
    IReadOnlyList<string> Lines,
    string? City,
    string? Province,
    string? PostalCode,
    string? Country,
    string? Text
);

/// <summary>What is asked for.</summary>
public sealed record RequestDetails(
    string? Status,
    string? Priority,
    string? AuthoredOn,
    IReadOnlyList<Code> Categories,
    Code? Service,
    IReadOnlyList<string> OrderDetails,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<RequestNote> Notes,
    IReadOnlyList<PatientIdentifier> Identifiers
)
{
    /// <summary>The reasons as they were sent, those that were changed to be shown (mark-up taken out).</summary>
    public IReadOnlyList<string> ReasonsAsSent
    {
        get => field ?? [];
        init;
    }

    /// <summary>The reasons' codes, those that have one.</summary>
    public IReadOnlyList<Code> ReasonCodes
    {
        get => field ?? [];
        init;
    }

    /// <summary>Further codings of <see cref="Service"/>, in other code systems.</summary>
    public IReadOnlyList<Code> ServiceCodes
    {
        get => field ?? [];
        init;
    }

    /// <summary>Times at which the patient can't be seen, or which reset when they are ready (DART, DARC).</summary>
    public IReadOnlyList<ReadinessDates> Readiness
    {
        get => field ?? [];
        init;
    }

    /// <summary>What the form says of the urgency, in words.</summary>
    public string? PriorityNote { get; init; }

    /// <summary>What the message itself did not give and the form's answers did: codes of <see cref="ContentField"/>.</summary>
    public IReadOnlyList<string> FromForm
    {
        get => field ?? [];
        init;
    }
}

/// <summary>A date affecting the patient's readiness: a time that does not count as waiting, and why.</summary>
/// <param name="Kind">DART (readiness to treat) or DARC (readiness to consult).</param>
/// <param name="Start">From when, as sent; may be partial.</param>
/// <param name="End">Until when, as sent; null: open.</param>
/// <param name="Reasons">Why: codes of the guide's darc-dart-reason, or text.</param>
public sealed record ReadinessDates(string Kind, string? Start, string? End, IReadOnlyList<Code> Reasons);

/// <summary>A code of a code system.</summary>
public sealed record Code(string? System, string? Value, string? Display);

/// <summary>A note.</summary>
/// <param name="Author">Who wrote it, when that is known.</param>
/// <param name="Time">When, as it was sent.</param>
/// <param name="Text">As it was sent; may be HTML.</param>
/// <param name="Plain">The same without mark-up; lines end with a newline.</param>
public sealed record RequestNote(string? Author, string? Time, string Text, string Plain);

/// <summary>Who asks, submits or is copied.</summary>
/// <param name="Name">SURNAME, Given, as far as known.</param>
/// <param name="RoleText">Profession or role in words.</param>
/// <param name="Identifiers">Licence and billing numbers, user names. Not unique: never merge people by them.</param>
/// <param name="Telecoms">How to reach them.</param>
/// <param name="Address">Where they work.</param>
/// <param name="IsPatient">A self-referral: it is the patient.</param>
public sealed record Clinician(
    string? Name,
    string? RoleText,
    IReadOnlyList<PatientIdentifier> Identifiers,
    IReadOnlyList<ContactPoint> Telecoms,
    PostalAddress? Address,
    bool IsPatient
)
{
    /// <summary>The family name alone, as needed to name them in a message.</summary>
    public string? Family { get; init; }

    /// <summary>The given names alone.</summary>
    public IReadOnlyList<string> Given
    {
        get => field ?? [];
        init;
    }

    /// <summary>The message named nobody: this is who referrals of its connection come from.</summary>
    public bool FromConnection { get; init; }
}

/// <summary>The answers of the listing's form.</summary>
public sealed record FormAnswers(string? FormKey, string? Title, IReadOnlyList<FormItem> Items);

/// <summary>A question with its answers, or a group.</summary>
/// <param name="LinkId">The form's key of it.</param>
/// <param name="Text">The question without mark-up.</param>
/// <param name="Answers">The answers in words.</param>
/// <param name="Hidden">The source does not show it.</param>
/// <param name="Items">What lies under it.</param>
public sealed record FormItem(
    string LinkId,
    string? Text,
    IReadOnlyList<string> Answers,
    bool Hidden,
    IReadOnlyList<FormItem> Items
);

/// <summary>A document that came with the request or can be fetched.</summary>
public sealed record AttachmentDetails(
    string? Id,
    string? Title,
    string? ContentType,
    long? Size,
    string? Url,
    bool Inline,
    bool IsLetter,
    string? Date
);

/// <summary>A condition, allergy, medication, result and so on that the source added.</summary>
/// <param name="Kind">The FHIR type: Condition, AllergyIntolerance and so on.</param>
/// <param name="Text">What it is.</param>
/// <param name="Detail">Dose, reaction, severity: what has no place of its own below.</param>
public sealed record SupportingItem(string Kind, string Text, string? Detail)
{
    /// <summary>Its codes.</summary>
    public IReadOnlyList<Code> Codes
    {
        get => field ?? [];
        init;
    }

    /// <summary>How it stands, in FHIR's codes, only what a reader must know: what is plainly active, confirmed or final says nothing.</summary>
    public IReadOnlyList<string> Status
    {
        get => field ?? [];
        init;
    }

    /// <summary>When it was found, began or was taken, as sent; may be partial.</summary>
    public string? Date { get; init; }

    /// <summary>What was measured, if that is one thing.</summary>
    public Measured? Result { get; init; }

    /// <summary>What was measured, part by part (a blood pressure's two numbers).</summary>
    public IReadOnlyList<ResultPart> Parts
    {
        get => field ?? [];
        init;
    }
}

/// <summary>A measured value.</summary>
/// <param name="Value">With its unit.</param>
/// <param name="Range">What is usual.</param>
/// <param name="Interpretation">HL7's code (H, LL, A, N), else words.</param>
public sealed record Measured(string? Value, string? Range, string? Interpretation)
{
    /// <summary>Whether the laboratory marks it as out of the ordinary.</summary>
    [JsonIgnore]
    public bool IsAbnormal =>
        Interpretation is "A" or "AA" or "H" or "HH" or "HU" or "L" or "LL" or "LU" or "POS" or "DET";
}

/// <summary>A named part of a result.</summary>
public sealed record ResultPart(string Name, Measured Result);

/// <summary>
/// Codes for fields of a referral's content: what a listing's form can fill (form_mapping) and what a listing can ask
/// for (completeness).
/// </summary>
public static class ContentField
{
    /// <summary>The patient's language. Fillable.</summary>
    public const string Language = "patient.language";

    /// <summary>The patient's e-mail address. Fillable.</summary>
    public const string Email = "patient.email";

    /// <summary>Whether the patient agrees to e-mail. Fillable.</summary>
    public const string EmailConsent = "patient.emailConsent";

    /// <summary>A telephone number. Fillable.</summary>
    public const string Phone = "patient.phone";

    /// <summary>A mobile telephone number. Fillable.</summary>
    public const string Mobile = "patient.mobile";

    /// <summary>Whether an interpreter is needed. Fillable.</summary>
    public const string Interpreter = "patient.interpreter";

    /// <summary>Why the patient is referred. Fillable.</summary>
    public const string Reason = "request.reason";

    /// <summary>What the form says of the urgency. Fillable.</summary>
    public const string PriorityNote = "request.priorityNote";

    /// <summary>A given name.</summary>
    public const string GivenName = "patient.givenName";

    /// <summary>A family name.</summary>
    public const string FamilyName = "patient.familyName";

    /// <summary>The date of birth.</summary>
    public const string BirthDate = "patient.birthDate";

    /// <summary>A street address.</summary>
    public const string Street = "patient.street";

    /// <summary>The city.</summary>
    public const string City = "patient.city";

    /// <summary>Any telephone or fax number: what every referral must have.</summary>
    public const string AnyPhone = "patient.anyPhone";

    /// <summary>A health number.</summary>
    public const string HealthNumber = "patient.healthNumber";

    /// <summary>The priority.</summary>
    public const string Priority = "request.priority";

    /// <summary>The service asked for.</summary>
    public const string Service = "request.service";

    /// <summary>Who asks, by name.</summary>
    public const string RequesterName = "requester.name";

    /// <summary>The requester's billing number.</summary>
    public const string Billing = "requester.billing";

    /// <summary>The requester's licence number.</summary>
    public const string Licence = "requester.licence";

    /// <summary>A telephone number of the requester.</summary>
    public const string RequesterPhone = "requester.phone";

    /// <summary>A fax number of the requester.</summary>
    public const string RequesterFax = "requester.fax";
}

/// <summary>Something that a referral should have and has not.</summary>
/// <param name="Kind">demographics (every referral must have it), field, answer, attachment or observation.</param>
/// <param name="Key">A code of <see cref="ContentField"/>, a form's key, a word of a title, or a code.</param>
/// <param name="LabelEn">What the listing calls it, in English; null: by its key.</param>
/// <param name="LabelFr">The same in French.</param>
/// <param name="Why">absent, too-old or undated.</param>
/// <param name="WithinDays">How recent it must be.</param>
/// <param name="Date">Of what is too old, its date as sent.</param>
public sealed record MissingPart(
    string Kind,
    string Key,
    string? LabelEn,
    string? LabelFr,
    string Why,
    int? WithinDays,
    string? Date
);

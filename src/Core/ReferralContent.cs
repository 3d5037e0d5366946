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

    /// <summary>The performer's identifiers as the source gave them, to be given back in every message.</summary>
    public IReadOnlyList<PatientIdentifier> Performer { get; init; } = [];
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

    /// <summary>The name to show: SURNAME, Given; the plain text where there are no parts; empty when unknown.</summary>
    [JsonIgnore]
    public string DisplayName => Names.Select(n => n.Display).FirstOrDefault(n => n.Length > 0) ?? "";

    /// <summary>The provincial health number, or the first identifier of type JHN.</summary>
    [JsonIgnore]
    public PatientIdentifier? HealthNumber =>
        Identifiers.FirstOrDefault(i => i is { TypeCode: "JHN", Use: not "secondary", Value: not null })
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
public sealed record ContactPoint(string? System, string? Use, string? Value);

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
);

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
    public IReadOnlyList<string> Given { get; init; } = [];
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

/// <summary>A condition, allergy, medication or observation that the source added.</summary>
/// <param name="Kind">The FHIR type: Condition, AllergyIntolerance and so on.</param>
/// <param name="Text">What it is.</param>
/// <param name="Detail">Value, dose, status.</param>
public sealed record SupportingItem(string Kind, string Text, string? Detail);

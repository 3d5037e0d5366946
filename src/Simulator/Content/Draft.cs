namespace Rms.Simulator.Content;

/// <summary>All that a referral says, before it is put into the shape of a guide version.</summary>
internal sealed record Draft
{
    public required PatientFacts Patient { get; init; }

    /// <summary>Who asks; null in a self-referral.</summary>
    public required Referrer? Requester { get; init; }

    /// <summary>Who sent it for the requester; null when the requester did it.</summary>
    public required Referrer? Submitter { get; init; }

    /// <summary>routine, urgent, asap or stat.</summary>
    public required string Priority { get; init; }

    /// <summary>Reason in one line; null when it stands only in the form and the note, as sources mostly do.</summary>
    public required string? Reason { get; init; }

    /// <summary>Note of the referrer, HTML; null sends a note without text, which real sources do.</summary>
    public required string? Note { get; init; }

    public required IReadOnlyList<FormItem> Form { get; init; }
    public required IReadOnlyList<Document> Documents { get; init; }
    public required bool TestData { get; init; }
    public required DateTimeOffset AuthoredOn { get; init; }
}

/// <summary>What the source knows of a patient. Null and empty mean that it does not know.</summary>
internal sealed record PatientFacts
{
    public required string Family { get; init; }
    public required string? Given { get; init; }

    /// <summary>male, female, other or unknown.</summary>
    public required string Gender { get; init; }

    /// <summary>yyyy-MM-dd.</summary>
    public required string? BirthDate { get; init; }

    /// <summary>Ten digits of an Ontario health number, none of which was given out.</summary>
    public required string? HealthNumber { get; init; }
    public string? HealthNumberVersion { get; init; }

    /// <summary>Number of an identity that no province gave out, with its kind in words.</summary>
    public string? OtherNumber { get; init; }
    public string? OtherNumberKind { get; init; }
    public string? RecordNumber { get; init; }
    public string? HomePhone { get; init; }
    public string? MobilePhone { get; init; }
    public string? WorkPhone { get; init; }
    public string? Email { get; init; }
    public PostalAddress? Address { get; init; }

    /// <summary>Given and family name as one text.</summary>
    public string FullName => Given is null ? Family : $"{Given} {Family}";
}

internal sealed record PostalAddress(string Line, string? Line2, string City, string PostalCode);

/// <summary>A person who refers, at a clinic. A bare one has neither name nor number, as sources send authorizers.</summary>
internal sealed record Referrer(
    string? Given,
    string? Family,
    string Title,
    string? Licence,
    string? BillingNumber,
    string Username,
    string RoleCode,
    string RoleName,
    Clinic Clinic
)
{
    /// <summary>What a reader calls this person.</summary>
    public string Called => Family is null ? "(unnamed)" : $"{Title} {Given} {Family}".Trim();
}

internal sealed record Clinic(string Name, PostalAddress Address, string Phone, string Fax, string? Email);

/// <summary>One line of the form: a heading, a question, or a question with its answers.</summary>
internal sealed record FormItem(string LinkId, string? Text, IReadOnlyList<string> Answers, bool Hidden = false)
{
    public static FormItem Heading(string linkId, string? text = null) => new(linkId, text, []);

    public static FormItem Answered(string linkId, string? text, params string[] answers) => new(linkId, text, answers);
}

/// <summary>A document beside the letter.</summary>
/// <param name="Id">UUID.</param>
/// <param name="Kind">pdf, png or text.</param>
/// <param name="Inline">Its bytes travel in the message; otherwise the message holds an address to fetch them from.</param>
internal sealed record Document(string Id, string Kind, string Title, bool Inline)
{
    public string ContentType =>
        Kind switch
        {
            "pdf" => "application/pdf",
            "png" => "image/png",
            _ => "text/plain",
        };
}

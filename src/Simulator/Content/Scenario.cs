namespace Rms.Simulator.Content;

/// <summary>A kind of referral that a target must cope with.</summary>
/// <param name="Key">How scripts name it.</param>
/// <param name="Name">What the page shows.</param>
internal sealed record Scenario(string Key, string Name)
{
    public static readonly Scenario Ordinary = new("ordinary", "Ordinary");
    public static readonly Scenario Urgent = new("urgent", "Urgent");
    public static readonly Scenario RichForm = new("rich-form", "Rich form (60 items, HTML)");
    public static readonly Scenario MissingDemographics = new("missing-demographics", "Missing demographics");
    public static readonly Scenario ThreeRoles = new("three-roles", "Submitter differs from requester");
    public static readonly Scenario SelfReferral = new("self-referral", "Self-referral (requester is the patient)");
    public static readonly Scenario TestData = new("test", "Test referral (HTEST everywhere)");
    public static readonly Scenario InlineAttachment = new("inline-attachment", "Attachment inside the message");
    public static readonly Scenario UrlAttachments = new("url-attachments", "Attachments to fetch");
    public static readonly Scenario UnusualNames = new("unusual-names", "Unusual names and scripts");
    public static readonly Scenario OddIdentifiers = new("odd-identifiers", "Odd identifiers (Military ID)");

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Ordinary,
        Urgent,
        RichForm,
        MissingDemographics,
        ThreeRoles,
        SelfReferral,
        TestData,
        InlineAttachment,
        UrlAttachments,
        UnusualNames,
        OddIdentifiers,
    ];

    /// <summary>The scenario with this key; null when there is none.</summary>
    public static Scenario? Find(string? key) => All.FirstOrDefault(s => s.Key == key);
}

namespace Rms.Simulator.Content;

/// <summary>A service of the target to which referrals can be sent, as this source's directory knows it.</summary>
/// <param name="Id">External Service ID.</param>
/// <param name="Reference">Referral target reference.</param>
/// <param name="Name">What a referrer reads.</param>
/// <param name="Category">Display of the category: upper case with underscores, as a source sends it.</param>
/// <param name="Snomed">SNOMED CT code of the category.</param>
/// <param name="Loinc">LOINC code that v0.10.0 sends beside it; null sends a coding with a display alone.</param>
/// <param name="OrderDetail">What is ordered, as display text.</param>
/// <param name="FormKey">Key of the listing's referral form.</param>
/// <param name="TestMode">The source marks everything that it sends there as test data (HTEST).</param>
internal sealed record Listing(
    string Id,
    string Reference,
    string Name,
    string Category,
    string Snomed,
    string? Loinc,
    string OrderDetail,
    string FormKey,
    bool TestMode = false
)
{
    public static readonly Listing Cardiology = new(
        "1001",
        "demo-cardiology",
        "Cardiology",
        "CARDIOLOGY",
        "394579002",
        "34099-2",
        "Cardiology Consultation",
        "demo_cardiology_consult"
    );

    public static readonly Listing Imaging = new(
        "1002",
        "demo-imaging",
        "Diagnostic imaging",
        "DIAGNOSTIC_IMAGING",
        "394914008",
        "18748-4",
        "Diagnostic Imaging",
        "demo_imaging_requisition"
    );

    public static readonly Listing Physiotherapy = new(
        "1003",
        "demo-physio",
        "Physiotherapy",
        "PHYSIOTHERAPY",
        "91251008",
        Loinc: null,
        "Physiotherapy Assessment",
        "demo_physio_intake"
    );

    public static readonly Listing Test = new(
        "1004",
        "demo-test",
        "Test listing (eReferral test mode)",
        "MISCELLANEOUS",
        "49634009",
        Loinc: null,
        "Connectivity Test",
        "demo_connectivity_test",
        TestMode: true
    );

    /// <summary>Of which this source believes that the site runs it. The target has not set it up.</summary>
    public static readonly Listing NotSetUp = new(
        "1005",
        "demo-cardiac-rehab",
        "Cardiac rehabilitation",
        "CARDIOLOGY",
        "394579002",
        "34099-2",
        "Cardiac Rehabilitation",
        "demo_cardiac_rehab"
    );

    /// <summary>Those that the target has.</summary>
    public static IReadOnlyList<Listing> All { get; } = [Cardiology, Imaging, Physiotherapy, Test];

    /// <summary>The listing with this External Service ID or reference; null when there is none.</summary>
    public static Listing? Find(string? text) =>
        All.Append(NotSetUp).FirstOrDefault(l => l.Id == text || l.Reference == text);

    /// <summary>Number of the site that runs all four listings.</summary>
    public const string Site = "4100";

    public const string SiteName = "Lakeside Specialists";
}

using Rms.Triage;

namespace Rms.Web.Pages.Shared;

/// <summary>Referrals in a table.</summary>
/// <param name="List">The rows.</param>
/// <param name="Worklist">The worklist that a referral's page leads back to.</param>
public sealed record Rows(IReadOnlyList<WorklistRow> List, string Worklist);

using Rms.Core;

namespace Rms.Web.Pages.Referrals;

/// <summary>How supporting information is laid out: by kind, allergies first.</summary>
public static class SupportingShape
{
    private static readonly string[] Order =
    [
        "allergy",
        "condition",
        "medication",
        "result",
        "procedure",
        "immunization",
    ];

    /// <summary>The items by the group that they are shown in.</summary>
    public static IEnumerable<IGrouping<string, SupportingItem>> Groups(IReadOnlyList<SupportingItem> items) =>
        items
            .GroupBy(item =>
                item.Kind switch
                {
                    "AllergyIntolerance" => "allergy",
                    "Condition" => "condition",
                    "MedicationStatement" or "MedicationRequest" => "medication",
                    "Observation" or "DiagnosticReport" => "result",
                    "Procedure" => "procedure",
                    "Immunization" => "immunization",
                    _ => item.Kind,
                }
            )
            .OrderBy(group => Array.IndexOf(Order, group.Key) is >= 0 and var place ? place : Order.Length);
}

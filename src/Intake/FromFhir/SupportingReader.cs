using Rms.Core;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>Reads the conditions, allergies, medications and observations that came along.</summary>
internal static class SupportingReader
{
    public static IEnumerable<SupportingItem> Read(Incoming message)
    {
        foreach (var resource in message.Bundle.Entry.Select(e => e.Resource))
        {
            var item = resource switch
            {
                F.Condition condition => Item(
                    condition,
                    condition.Code,
                    Join(Codes.Text(condition.ClinicalStatus), FormReader.Words(condition.Onset))
                ),
                F.AllergyIntolerance allergy => Item(
                    allergy,
                    allergy.Code,
                    Join(
                        Codes.Text(allergy.ClinicalStatus),
                        allergy.Criticality,
                        string.Join(
                            ", ",
                            allergy.Reaction.SelectMany(r => r.Manifestation).Select(Codes.Text).OfType<string>()
                        )
                    )
                ),
                F.MedicationStatement medication => Item(
                    medication,
                    medication.Medication as F.CodeableConcept,
                    Join(medication.Status, string.Join(", ", medication.Dosage.Select(d => d.Text).OfType<string>())),
                    (medication.Medication as F.Reference)?.Display
                ),
                F.Observation observation => Item(
                    observation,
                    observation.Code,
                    Join(FormReader.Words(observation.Value), FormReader.Words(observation.Effective))
                ),
                _ => null,
            };
            if (item is not null)
                yield return item;
        }
    }

    private static SupportingItem Item(
        F.Resource resource,
        F.CodeableConcept? code,
        string? detail,
        string? otherwise = null
    ) => new(resource.ResourceType, Codes.Text(code) ?? otherwise ?? "", detail);

    private static string? Join(params ReadOnlySpan<string?> parts)
    {
        List<string> said = [];
        foreach (var part in parts)
        {
            if (!string.IsNullOrWhiteSpace(part))
                said.Add(part);
        }
        return said.Count == 0 ? null : string.Join("; ", said);
    }
}

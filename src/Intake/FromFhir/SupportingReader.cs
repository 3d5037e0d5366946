using Rms.Core;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>Reads the conditions, allergies, medications, observations and so on that came along.</summary>
internal static class SupportingReader
{
    public static IEnumerable<SupportingItem> Read(Incoming message)
    {
        foreach (var resource in message.Bundle.Entry.Select(e => e.Resource).OfType<F.Resource>())
        {
            if (Item(message, resource, resource) is { } item)
                yield return item;
            if (resource is not F.DomainResource { HasContained: true } container)
                continue;
            foreach (
                var contained in container.Contained.Select(c => Item(message, c, container)).OfType<SupportingItem>()
            )
                yield return contained;
        }
    }

    private static SupportingItem? Item(Incoming message, F.Resource resource, F.Resource container) =>
        resource switch
        {
            F.Condition condition => Of(condition),
            F.AllergyIntolerance allergy => Of(allergy),
            F.MedicationStatement medication => Of(message, medication, container),
            F.Observation observation => Of(observation),
            F.UnknownResource other => Of(other),
            _ => null,
        };

    private static SupportingItem Of(F.Condition condition) =>
        Named(
            condition,
            condition.Code,
            Join(
                Codes.Text(condition.Severity),
                InWords(condition.Onset),
                Join(", ", condition.BodySite.Select(Codes.Text)),
                Notes(condition.Note)
            )
        ) with
        {
            Status = Status(
                Except(condition.ClinicalStatus, "active"),
                Except(condition.VerificationStatus, "confirmed")
            ),
            Date = Day(condition.Onset) ?? condition.RecordedDate,
        };

    private static SupportingItem Of(F.AllergyIntolerance allergy) =>
        Named(
            allergy,
            allergy.Code ?? allergy.Reaction.Select(r => r.Substance).FirstOrDefault(s => s is not null),
            Join(
                Join(", ", allergy.Reaction.SelectMany(r => r.Manifestation).Select(Codes.Text)),
                InWords(allergy.Onset),
                Notes(allergy.Note)
            )
        ) with
        {
            Status = Status(
                allergy.Criticality == "high" ? "criticality-high" : null,
                allergy.Reaction.Exists(r => r.Severity == "severe") ? "severe" : null,
                Except(allergy.ClinicalStatus, "active"),
                Except(allergy.VerificationStatus, "confirmed")
            ),
            Date = Day(allergy.Onset) ?? allergy.RecordedDate,
        };

    private static SupportingItem Of(Incoming message, F.MedicationStatement medication, F.Resource container)
    {
        var reference = medication.Medication as F.Reference;
        var concept =
            medication.Medication as F.CodeableConcept
            ?? (
                message.Resolve<F.Resource>(reference, container)
                    is F.UnknownResource { ResourceType: "Medication" } drug
                    ? Unmodelled.Concept(drug, "code")
                    : null
            );
        return Named(
            medication,
            concept,
            Join(
                Join(", ", medication.Dosage.Select(Dose)),
                Join(", ", medication.ReasonCode.Select(Codes.Text)),
                Notes(medication.Note)
            ),
            reference?.Display
        ) with
        {
            Status = Status(medication.Status is "active" ? null : medication.Status),
            Date = Day(medication.Effective) ?? medication.DateAsserted,
        };
    }

    private static SupportingItem Of(F.Observation observation) =>
        Named(observation, observation.Code, Join(Codes.Text(observation.BodySite), Notes(observation.Note))) with
        {
            Status = Status(observation.Status is "final" ? null : observation.Status),
            Date = Day(observation.Effective) ?? observation.Issued,
            Result = Measure(
                observation.Value,
                observation.DataAbsentReason,
                observation.ReferenceRange,
                observation.Interpretation
            ),
            Parts =
            [
                .. observation
                    .Component.Select(c =>
                        (
                            Name: Codes.Text(c.Code),
                            Result: Measure(c.Value, c.DataAbsentReason, c.ReferenceRange, c.Interpretation)
                        )
                    )
                    .Where(c => c.Name is not null || c.Result is not null)
                    .Select(c => new ResultPart(c.Name ?? "", c.Result ?? new Measured(null, null, null))),
            ],
        };

    /// <summary>Of the types without a class here, those that a clinician expects beside the others.</summary>
    private static SupportingItem? Of(F.UnknownResource resource)
    {
        var concept = resource.ResourceType switch
        {
            "MedicationRequest" => Unmodelled.Concept(resource, "medicationCodeableConcept"),
            "Immunization" => Unmodelled.Concept(resource, "vaccineCode"),
            "Procedure" or "DiagnosticReport" => Unmodelled.Concept(resource, "code"),
            _ => null,
        };
        return concept is null
            ? null
            : Named(resource, concept, PlainText.Of(Unmodelled.Text(resource, "conclusion"))) with
            {
                Status = Status(
                    Unmodelled.Text(resource, "status") is not ("active" or "completed" or "final") and var status
                        ? status
                        : null
                ),
                Date = Unmodelled.Text(
                    resource,
                    "authoredOn",
                    "occurrenceDateTime",
                    "performedDateTime",
                    "effectiveDateTime",
                    "issued"
                ),
            };
    }

    private static SupportingItem Named(
        F.Resource resource,
        F.CodeableConcept? concept,
        string? detail,
        string? otherwise = null
    ) =>
        new(resource.ResourceType, Codes.Text(concept) ?? otherwise ?? "", detail)
        {
            Codes = concept is null ? [] : [.. Codes.All(concept).Where(c => c.Value is not null)],
        };

    private static Measured? Measure(
        F.Element? value,
        F.CodeableConcept? absent,
        List<F.ObservationReferenceRange> ranges,
        List<F.CodeableConcept> interpretations
    )
    {
        var range = Join(", ", ranges.Select(Range));
        var interpretation = interpretations.Select(CodeOf).FirstOrDefault(i => i is not null);
        var words = FormReader.Words(value) ?? Codes.Text(absent);
        return (words ?? range ?? interpretation) is null ? null : new Measured(words, range, interpretation);
    }

    private static string? Range(F.ObservationReferenceRange range) =>
        PlainText.Of(range.Text)
        ?? (
            range.Low is null && range.High is { } high ? "≤ " + FormReader.Amount(high)
            : range.High is null && range.Low is { } low ? "≥ " + FormReader.Amount(low)
            : FormReader.Words(new F.Range { Low = range.Low, High = range.High })
        );

    private static string? Dose(F.Dosage dosage) =>
        PlainText.Of(dosage.Text)
        ?? Join(
            FormReader.Words(dosage.DoseAndRate.Select(d => d.Dose).FirstOrDefault(d => d is not null)),
            Codes.Text(dosage.Route),
            Codes.Text(dosage.Timing?.Code),
            PlainText.Of(dosage.PatientInstruction)
        );

    /// <summary>When, if the value is a date; of a period its end, else its beginning.</summary>
    private static string? Day(F.Element? value) =>
        value switch
        {
            F.FhirDateTime or F.FhirInstant => ((F.FhirPrimitive)value).Text,
            F.Period period => period.End ?? period.Start,
            _ => null,
        };

    private static string? InWords(F.Element? value) => Day(value) is null ? FormReader.Words(value) : null;

    private static string? CodeOf(F.CodeableConcept? concept) =>
        concept?.Coding.Select(c => c.Code).FirstOrDefault(c => c is not null) ?? Codes.Text(concept);

    private static string? Except(F.CodeableConcept? concept, string plain) =>
        CodeOf(concept) is { } code && code != plain ? code : null;

    private static List<string> Status(params ReadOnlySpan<string?> codes)
    {
        List<string> said = [];
        foreach (var code in codes)
        {
            if (!string.IsNullOrWhiteSpace(code))
                said.Add(code);
        }
        return said;
    }

    private static string? Notes(List<F.Annotation> notes) => Join(" ", notes.Select(n => PlainText.Of(n.Text)));

    private static string? Join(string between, IEnumerable<string?> parts)
    {
        var joined = string.Join(between, parts.Where(p => !string.IsNullOrWhiteSpace(p)));
        return joined.Length == 0 ? null : joined;
    }

    private static string? Join(string? one, string? two, string? three = null, string? four = null) =>
        Join("; ", [one, two, three, four]);
}

using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>The rules of elements inside resources.</summary>
internal static class BackboneRules
{
    public static void Check(FhirNode node, InvariantWalk walk)
    {
        switch (node)
        {
            case BundleEntry x:
                walk.Hold(
                    x.Resource is not null || x.Request is not null || x.Response is not null,
                    "bdl-5",
                    "An entry has a resource, a request or a response."
                );
                walk.Hold(
                    x.FullUrl?.Contains("/_history/", StringComparison.Ordinal) is not true,
                    "bdl-8",
                    "A fullUrl does not name a version.",
                    "fullUrl"
                );
                break;
            case AppointmentParticipant x:
                walk.Hold(x.Type.Count > 0 || x.Actor is not null, "app-1", "A participant has a type or an actor.");
                break;
            case PatientContact x:
                walk.Hold(
                    x.Name is not null || x.Telecom.Count > 0 || x.Address is not null || x.Organization is not null,
                    "pat-1",
                    "A contact has a name, telecom, address or organization."
                );
                break;
            case QuestionnaireResponseItem x:
                walk.Hold(
                    x.Answer.Count == 0 || x.Item.Count == 0,
                    "qrs-1",
                    "Items stand beneath an item or beneath its answers, not both."
                );
                break;
            case ConditionStage x:
                walk.Hold(
                    x.Summary is not null || x.Assessment.Count > 0,
                    "con-1",
                    "A stage has a summary or assessment."
                );
                break;
            case ConditionEvidence x:
                walk.Hold(x.Code.Count > 0 || x.Detail.Count > 0, "con-2", "Evidence has a code or a detail.");
                break;
            case ObservationReferenceRange x:
                walk.Hold(
                    x.Low is not null || x.High is not null || x.Text is not null,
                    "obs-3",
                    "A reference range has a low, a high or a text."
                );
                break;
            case ParametersParameter x:
                var values = (x.Value is null ? 0 : 1) + (x.Resource is null ? 0 : 1);
                walk.Hold(
                    x.Part.Count > 0 ? values == 0 : values == 1,
                    "inv-1",
                    "A parameter has a value, a resource or parts, and only one of these."
                );
                break;
            case CapabilityStatementRest x:
                walk.Hold(Distinct(x.Resource.Select(r => r.Type)), "cpb-9", "Each resource type stands once.");
                break;
            case CapabilityStatementRestResource x:
                walk.Hold(Distinct(x.SearchParam.Select(p => p.Name)), "cpb-12", "Each search parameter stands once.");
                break;
        }
    }

    public static bool Distinct(IEnumerable<string?> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return values.All(value => value is null || seen.Add(value));
    }
}

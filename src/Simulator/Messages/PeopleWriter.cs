using System.Text.Json.Nodes;
using Rms.Simulator.Content;

namespace Rms.Simulator.Messages;

/// <summary>Writes the patient, the people who refer, and the listing that is to perform.</summary>
internal sealed class PeopleWriter(BundleAssembly bundle, Listing listing, Draft draft)
{
    private readonly bool v010 = bundle.Version.IsV010;

    /// <summary>Key of the listing's PractitionerRole; under v0.10.0 also its id.</summary>
    public string ListingKey => $"listing:{listing.Reference}";

    public static string Key(Referrer referrer) => referrer.Username;

    public static string PatientKey(string referral) => $"patient of {referral}";

    public void Patient(string referral)
    {
        var patient = draft.Patient;
        bundle.Add(
            "Patient",
            PatientKey(referral),
            ("identifier", Json.List(PatientIdentifiers(patient))),
            ("active", true),
            (
                "name",
                Json.List(
                    Json.Object(
                        ("use", "official"),
                        ("text", patient.FullName),
                        ("family", patient.Family),
                        ("given", patient.Given is null ? null : Json.List(patient.Given))
                    )
                )
            ),
            (
                "telecom",
                Json.List(
                    Json.Telecom("phone", patient.HomePhone, "home"),
                    Json.Telecom("phone", patient.MobilePhone, "mobile"),
                    Json.Telecom("email", patient.Email, "home"),
                    Json.Telecom("phone", patient.WorkPhone, "work")
                )
            ),
            ("gender", patient.Gender),
            ("birthDate", patient.BirthDate),
            ("deceasedBoolean", false),
            // The second address is the empty stub that sources send for "no other address".
            ("address", Json.List(Address(patient.Address, "home", "postal"), Address(null, "home", "postal")))
        );
    }

    /// <summary>The requester's PractitionerRole, Practitioner and Location; nothing in a self-referral.</summary>
    public void Requester()
    {
        if (draft.Requester is { } requester)
        {
            Referrer(requester, bare: draft.Submitter is not null);
        }
    }

    /// <summary>Those of the person who submitted, when that is somebody else.</summary>
    public void Submitter()
    {
        if (draft.Submitter is { } submitter)
        {
            Referrer(submitter, bare: false);
        }
    }

    public void ListingRole()
    {
        bundle.Add(
            "PractitionerRole",
            ListingKey,
            (
                "identifier",
                Json.List(
                    Json.Identifier(Uris.Naming("id-referral-target-reference"), listing.Reference),
                    Json.Identifier(Uris.Naming("id-site-number"), Listing.Site),
                    MessageWriter.ExternalService(listing)
                )
            ),
            ("active", true),
            (
                "specialty",
                v010
                    ? Json.List(
                        listing.Loinc is null ? null : Json.Concept(Json.Coding(Uris.Loinc, listing.Loinc)),
                        Json.Concept(Json.Coding(Uris.Snomed, listing.Snomed, listing.Name))
                    )
                    : Json.List(Json.Concept(Json.Coding(Uris.SnomedCanada, listing.Snomed, listing.Name)))
            ),
            ("location", Json.List(bundle.Reference("Location", ListingKey)))
        );
    }

    public void ListingPlace() =>
        bundle.Add(
            "Location",
            ListingKey,
            ("status", "active"),
            ("mode", "instance"),
            (
                "telecom",
                Json.List(Json.Telecom("phone", "416-555-0190", "work"), Json.Telecom("fax", "416-555-0191", "work"))
            ),
            (
                "address",
                Address(new PostalAddress("4100 Lakeside Promenade", null, "Toronto", "M8V 0A7"), "work", "physical")
            ),
            ("position", Json.Object(("longitude", -79.4983), ("latitude", 43.5911)))
        );

    private IEnumerable<JsonNode?> PatientIdentifiers(PatientFacts patient)
    {
        // A health number that the source does not know leaves its identifier behind, without a value.
        yield return Json.Object(
            (
                "extension",
                patient.HealthNumberVersion is { } code
                    ? Json.List(Json.Object(("url", Uris.HealthCardVersion), ("valueString", code)))
                    : null
            ),
            ("use", "official"),
            ("type", IdentifierType("JHN", "Jurisdictional health number (Canada)", "Personal Health Number")),
            ("system", Uris.HealthNumber),
            ("value", patient.HealthNumber)
        );
        if (patient.OtherNumber is not null)
        {
            yield return Json.Object(
                ("use", "secondary"),
                ("type", Json.Object(("text", patient.OtherNumberKind))),
                ("value", patient.OtherNumber)
            );
        }

        yield return Json.Object(
            ("type", IdentifierType("MR", "Medical record number", "EMR/EHR Medical Record Number")),
            ("system", Uris.Naming("id-external-patient-reference")),
            ("value", patient.RecordNumber)
        );
    }

    private void Referrer(Referrer referrer, bool bare)
    {
        var key = Key(referrer);
        var clinic = referrer.Clinic;
        var licence = Json.Object(
            ("use", "official"),
            (
                "type",
                v010
                    ? IdentifierType("LN", "License Number", text: null)
                    : IdentifierType("MD", "Medical License number", text: null)
            ),
            ("system", Uris.Licence),
            ("value", referrer.Licence)
        );
        // v0.10.0 leaves the system's identifier without a value; v0.11.1 leaves the identifier out.
        var licences = v010 || referrer.Licence is not null ? licence : null;
        bundle.Add(
            "PractitionerRole",
            key,
            ("identifier", bare ? null : Json.List(licences?.DeepClone())),
            ("active", true),
            ("practitioner", bundle.Reference("Practitioner", key)),
            ("code", bare ? null : Json.List(Roles(referrer))),
            ("location", Json.List(bundle.Reference("Location", key))),
            ("telecom", bare ? null : Telecoms(clinic))
        );
        bundle.Add(
            "Practitioner",
            key,
            (
                "identifier",
                Json.List(
                    bare ? null : licences,
                    referrer.BillingNumber is { } billing ? Json.Identifier(Uris.Billing, billing) : null,
                    Json.Identifier(Uris.Naming("id-practitioner-username"), referrer.Username)
                )
            ),
            ("active", true),
            (
                "name",
                referrer.Family is null
                    ? null
                    : Json.List(
                        Json.Object(
                            ("family", referrer.Family),
                            ("given", referrer.Given is null ? null : Json.List(referrer.Given))
                        )
                    )
            ),
            ("telecom", bare ? null : Telecoms(clinic)),
            ("address", Json.List(Address(bare ? null : clinic.Address, "work", "both")))
        );
        bundle.Add(
            "Location",
            key,
            ("status", "active"),
            ("mode", "instance"),
            ("name", bare || v010 ? null : clinic.Name),
            ("telecom", bare ? null : Telecoms(clinic)),
            ("address", Address(bare ? null : clinic.Address, "work", "physical"))
        );
    }

    private IEnumerable<JsonNode?> Roles(Referrer referrer)
    {
        // v0.10.0: a coding with a system and a display, but no code.
        if (v010)
        {
            yield return Json.Concept(Json.Coding(Uris.Snomed, code: null, referrer.RoleName));
            yield break;
        }

        yield return Json.Concept(Json.Coding(Uris.Snomed, referrer.RoleCode, referrer.RoleName));
        yield return Json.Concept(Json.Coding(Uris.SnomedCanada, referrer.RoleCode, referrer.RoleName));
    }

    private JsonObject IdentifierType(string code, string display, string? text)
    {
        var system = v010 ? "http://hl7.org/fhir/v2/0203/" : "http://terminology.hl7.org/CodeSystem/v2-0203";
        return Json.Object(("coding", Json.List(Json.Coding(system, code, display))), ("text", v010 ? null : text));
    }

    private static JsonArray? Telecoms(Clinic clinic) =>
        Json.List(
            Json.Telecom("phone", clinic.Phone, "work"),
            Json.Telecom("fax", clinic.Fax, "work"),
            Json.Telecom("email", clinic.Email, "work")
        );

    private static JsonObject Address(PostalAddress? address, string use, string type) =>
        address is null
            ? Json.Object(("use", use), ("type", type))
            : Json.Object(
                ("use", use),
                ("type", type),
                ("line", Json.List(address.Line, address.Line2)),
                ("city", address.City),
                ("state", "ON"),
                ("postalCode", address.PostalCode)
            );
}

using System.Text.Json.Nodes;
using Rms.Simulator.Attachments;
using Rms.Simulator.Content;

namespace Rms.Simulator.Messages;

/// <summary>
/// Writes the ServiceRequest and what belongs to it: letter, documents and form answers. These stay at home when the
/// requester only writes.
/// </summary>
internal sealed class RequestWriter(
    BundleAssembly bundle,
    PeopleWriter people,
    SourceEvent what,
    string referral,
    Listing listing,
    Draft draft,
    string self
)
{
    private readonly bool v010 = bundle.Version.IsV010;
    private readonly bool alone = what == SourceEvent.Write;

    public void ServiceRequest()
    {
        var performer = bundle.Reference("PractitionerRole", people.ListingKey);
        if (v010)
        {
            performer["identifier"] = MessageWriter.ExternalService(listing);
        }

        var requester = draft.Requester is { } referrer
            ? bundle.Reference("PractitionerRole", PeopleWriter.Key(referrer))
            : bundle.Reference("Patient", PeopleWriter.PatientKey(referral));
        bundle.Add(
            "ServiceRequest",
            "request",
            ("identifier", Json.List(Json.Identifier(Uris.ReferralReference, referral))),
            ("status", what == SourceEvent.Revoke ? "revoked" : "active"),
            ("intent", "proposal"),
            ("category", Json.List(Categories())),
            ("priority", draft.Priority),
            (
                "orderDetail",
                // Under v0.10.0 only the display is sent.
                v010 ? Json.List(Json.Concept(Json.Coding(null, null, listing.OrderDetail))) : null
            ),
            ("subject", bundle.Reference("Patient", PeopleWriter.PatientKey(referral))),
            ("authoredOn", BundleAssembly.Seconds(draft.AuthoredOn)),
            ("requester", requester),
            ("performer", Json.List(performer)),
            ("reasonCode", draft.Reason is null ? null : Json.List(Json.Object(("text", draft.Reason)))),
            (
                "supportingInfo",
                alone
                    ? null
                    : Json.List([
                        bundle.Reference("DocumentReference", "letter"),
                        .. draft.Documents.Select(d => bundle.Reference("DocumentReference", d.Id)),
                        bundle.Reference("QuestionnaireResponse", FormKey),
                    ])
            ),
            (
                "note",
                Json.List(
                    Json.Object(
                        ("authorReference", Author()),
                        ("time", BundleAssembly.Seconds(draft.AuthoredOn)),
                        ("text", draft.Note)
                    )
                )
            )
        );
    }

    /// <summary>The letter first, as sources do, then the other documents.</summary>
    public void Documents()
    {
        if (alone)
        {
            return;
        }

        var day = draft.AuthoredOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var clinic = draft.Requester?.Clinic.Name;
        Document(
            "letter",
            Json.Identifier(Uris.ReferralReference, referral),
            ("contentType", "application/pdf"),
            ("url", $"{self}/fhir/ServiceRequest/{referral}/$letter"),
            ("title", $"{draft.Patient.FullName}-{clinic}-{day}.pdf"),
            ("creation", BundleAssembly.Seconds(draft.AuthoredOn))
        );
        foreach (var document in draft.Documents)
        {
            var bytes = Papers.Document(document, referral, draft);
            Document(
                document.Id,
                Json.Identifier(Uris.Naming("id-attachment-reference"), document.Id),
                ("contentType", document.ContentType),
                ("data", document.Inline ? Convert.ToBase64String(bytes) : null),
                ("url", document.Inline ? null : $"{self}/fhir/DocumentReference/{document.Id}/$binary"),
                ("size", bytes.Length),
                ("title", document.Title),
                ("creation", BundleAssembly.Seconds(draft.AuthoredOn))
            );
        }
    }

    public void Form()
    {
        if (alone)
        {
            return;
        }

        bundle.Add(
            "QuestionnaireResponse",
            FormKey,
            ("identifier", Json.Identifier(Uris.Naming("id-form-reference"), listing.FormKey)),
            ("status", "completed"),
            ("subject", bundle.Reference("Patient", PeopleWriter.PatientKey(referral))),
            ("author", Author()),
            ("item", Json.List(draft.Form.Select(Item)))
        );
    }

    private string FormKey => $"form of {referral}";

    private void Document(
        string key,
        JsonObject identifier,
        params ReadOnlySpan<(string Name, JsonNode? Value)> attachment
    ) =>
        bundle.Add(
            "DocumentReference",
            key,
            ("identifier", Json.List(identifier)),
            ("status", "current"),
            ("date", BundleAssembly.Milliseconds(draft.AuthoredOn)),
            ("content", Json.List(Json.Object(("attachment", Json.Object(attachment)))))
        );

    private IEnumerable<JsonNode?> Categories()
    {
        yield return Json.Concept(Json.Coding(Uris.Snomed, listing.Snomed, listing.Category));
        if (v010)
        {
            yield return Json.Concept(Json.Coding(Uris.Loinc, listing.Loinc, listing.Category));
        }
    }

    /// <summary>The person behind note and form: the requester as a Practitioner, or the patient.</summary>
    private JsonObject Author() =>
        draft.Requester is { } referrer
            ? bundle.Reference("Practitioner", PeopleWriter.Key(referrer))
            : bundle.Reference("Patient", PeopleWriter.PatientKey(referral));

    private static JsonObject Item(FormItem item) =>
        Json.Object(
            (
                "extension",
                item.Hidden ? Json.List(Json.Object(("url", Uris.ItemVisibility), ("valueString", "hidden"))) : null
            ),
            ("linkId", item.LinkId),
            ("text", item.Text),
            ("answer", Json.List(item.Answers.Select(a => Json.Object(("valueString", a)))))
        );
}

using System.Text.Json.Nodes;
using Rms.Simulator.Content;

namespace Rms.Simulator.Messages;

/// <summary>What a source tells a target about a referral of its own.</summary>
internal enum SourceEvent
{
    Add,
    Update,
    Revoke,
}

/// <summary>Writes the source's messages: the same facts in the shape of either guide version.</summary>
internal static class MessageWriter
{
    /// <param name="referral">The source's referral id (UUID); also the ServiceRequest's.</param>
    /// <param name="self">Base address of this simulator: replies and documents are found there.</param>
    /// <param name="target">Base address of the target.</param>
    public static JsonObject Write(
        GuideVersion version,
        SourceEvent what,
        string referral,
        Listing listing,
        Draft draft,
        string messageId,
        DateTimeOffset at,
        string self,
        string target
    )
    {
        var bundle = new BundleAssembly(version, referral, messageId, draft.TestData);
        var people = new PeopleWriter(bundle, listing, draft);
        var request = new RequestWriter(bundle, people, referral, listing, draft, self);
        Header(bundle, people, what, referral, listing, draft, self, target);
        if (version.IsV010)
        {
            request.ServiceRequest(what);
            people.Patient(referral);
            people.Requester();
            people.Submitter();
            people.ListingRole();
            people.ListingPlace();
            request.Documents();
        }
        else
        {
            people.Patient(referral);
            people.ListingRole();
            people.Requester();
            people.Submitter();
            people.ListingPlace();
            request.Documents();
            request.ServiceRequest(what);
        }

        request.Form();
        return bundle.Finish(at);
    }

    /// <summary>The event code; one spelling serves both versions.</summary>
    public static string EventCode(SourceEvent what) =>
        what switch
        {
            SourceEvent.Add => "add-service-request",
            SourceEvent.Update => "notify-update-service-request",
            _ => "revoke-service-request",
        };

    private static void Header(
        BundleAssembly bundle,
        PeopleWriter people,
        SourceEvent what,
        string referral,
        Listing listing,
        Draft draft,
        string self,
        string target
    )
    {
        var v010 = bundle.Version.IsV010;
        var receiver = bundle.Reference("PractitionerRole", people.ListingKey);
        if (v010)
        {
            receiver["identifier"] = ExternalService(listing);
        }

        var author = draft.Requester is { } requester
            ? bundle.Reference("PractitionerRole", PeopleWriter.Key(requester))
            : null;
        var sender =
            // v0.10.0 sources name an Organization that the bundle does not hold.
            v010 ? Json.Reference("Organization/demo-source")
            : draft.Submitter is { } submitter ? bundle.Reference("PractitionerRole", PeopleWriter.Key(submitter))
            : author?.DeepClone();
        bundle.Add(
            "MessageHeader",
            "header",
            ("extension", Json.List(ReferralId(bundle.Version, referral))),
            ("eventCoding", Json.Coding(Uris.EventSystem, EventCode(what), EventCode(what))),
            (
                "destination",
                Json.List(
                    Json.Object(
                        ("name", Listing.SiteName),
                        ("endpoint", $"{target}/fhir/$process-message"),
                        ("receiver", receiver)
                    )
                )
            ),
            ("sender", sender),
            ("author", author),
            ("source", Json.Object(("name", "Source simulator"), ("endpoint", $"{self}/fhir/$process-messages"))),
            ("reason", v010 ? null : Json.Object(("text", what == SourceEvent.Add ? "Initial" : "Updated"))),
            ("focus", Json.List(bundle.Reference("ServiceRequest", "request")))
        );
    }

    private static JsonObject ReferralId(GuideVersion version, string referral) =>
        version.IsV010
            ? Json.Object(("url", Uris.ReferralIdText), ("valueString", referral))
            : Json.Object(
                ("url", Uris.ReferralIdentifier),
                ("valueIdentifier", Json.Identifier(Uris.ReferralReference, referral))
            );

    internal static JsonObject ExternalService(Listing listing) =>
        Json.Identifier(Uris.Naming("id-referral-target-external-service"), listing.Id);
}

using System.Text.Json.Nodes;
using Rms.Simulator.Content;

namespace Rms.Simulator.Messages;

/// <summary>Writes the source's messages: the same facts in the shape of either guide version.</summary>
internal static class MessageWriter
{
    /// <param name="referral">The source's referral id (UUID); also the ServiceRequest's.</param>
    /// <param name="self">Base address of this simulator: replies and documents are found there.</param>
    /// <param name="target">Base address of the target.</param>
    public static JsonObject Write(
        GuideVersion version,
        News news,
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
        var request = new RequestWriter(bundle, people, news.What, referral, listing, draft, self);
        Header(bundle, people, news, referral, listing, draft, self, target);
        if (news.Text is { } text)
        {
            new CommunicationWriter(bundle, people, referral, draft).Communication(text, at);
        }

        if (version.IsV010)
        {
            request.ServiceRequest();
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
            request.ServiceRequest();
        }

        request.Form();
        return bundle.Finish(at);
    }

    /// <summary>The event code; one spelling serves both versions, except for what the requester writes.</summary>
    public static string EventCode(SourceEvent what, GuideVersion version) =>
        what switch
        {
            SourceEvent.Add => "add-service-request",
            SourceEvent.Update => "notify-update-service-request",
            SourceEvent.Correct => "notify-data-correction",
            SourceEvent.Revoke => "revoke-service-request",
            _ => version.IsV010 ? "send-communication-from-requester" : "send-communication",
        };

    private static void Header(
        BundleAssembly bundle,
        PeopleWriter people,
        News news,
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
        var code = EventCode(news.What, bundle.Version);
        // v0.10.0 sources give no reason for a new referral.
        var reason = news.What == SourceEvent.Add && !v010 ? "Initial" : news.Hint;
        bundle.Add(
            "MessageHeader",
            "header",
            ("extension", Json.List(ReferralId(bundle.Version, referral))),
            ("eventCoding", Json.Coding(Uris.EventSystem, code, code)),
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
            ("reason", reason is null ? null : Json.Object(("text", reason))),
            (
                "focus",
                Json.List(
                    news.Text is null
                        ? bundle.Reference("ServiceRequest", "request")
                        : bundle.Reference("Communication", bundle.MessageId)
                )
            )
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

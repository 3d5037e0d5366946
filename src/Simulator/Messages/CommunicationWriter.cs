using Rms.Simulator.Content;

namespace Rms.Simulator.Messages;

/// <summary>Writes what the requester, or whoever sends for the requester, has to say to the listing.</summary>
internal sealed class CommunicationWriter(BundleAssembly bundle, PeopleWriter people, string referral, Draft draft)
{
    /// <param name="at">When it was written.</param>
    public void Communication(string text, DateTimeOffset at)
    {
        var patient = PeopleWriter.PatientKey(referral);
        bundle.Add(
            "Communication",
            // Each is one of its own; other resources are the same from message to message.
            bundle.MessageId,
            ("identifier", Json.List(Json.Identifier(Uris.ReferralReference, referral))),
            ("basedOn", Json.List(bundle.Reference("ServiceRequest", "request"))),
            ("status", "completed"),
            ("subject", bundle.Reference("Patient", patient)),
            ("sent", BundleAssembly.Milliseconds(at)),
            ("recipient", Json.List(bundle.Reference("PractitionerRole", people.ListingKey))),
            (
                "sender",
                (draft.Submitter ?? draft.Requester) is { } writer
                    ? bundle.Reference("PractitionerRole", PeopleWriter.Key(writer))
                    : bundle.Reference("Patient", patient)
            ),
            ("payload", Json.List(Json.Object(("contentString", text))))
        );
    }
}

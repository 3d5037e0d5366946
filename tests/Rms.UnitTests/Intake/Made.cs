using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

/// <summary>Messages made by hand, of the few resources that a test is about.</summary>
internal static class Made
{
    /// <summary>A message with a header and a request, unless they are given.</summary>
    public static Incoming Message(params Resource[] resources)
    {
        var bundle = new Bundle { Type = "message" };
        if (!resources.OfType<MessageHeader>().Any())
            bundle.Entry.Add(new BundleEntry { Resource = new MessageHeader() });
        if (!resources.OfType<ServiceRequest>().Any())
            bundle.Entry.Add(new BundleEntry { Resource = new ServiceRequest() });
        bundle.Entry.AddRange(resources.Select(r => new BundleEntry { Resource = r }));
        return Read(bundle);
    }

    /// <summary>A header and resources in JSON, in a message of 2 March 2026.</summary>
    public static Incoming Json(params string[] resources)
    {
        var entries = resources
            .Prepend("{\"resourceType\": \"MessageHeader\"}")
            .Select(r => "{\"resource\": " + r + "}");
        var text =
            "{\"resourceType\": \"Bundle\", \"type\": \"message\", \"timestamp\": \"2026-03-02T09:00:00-05:00\", \"entry\": ["
            + string.Join(",", entries)
            + "]}";
        return Read(FhirReader.Read<Bundle>(System.Text.Encoding.UTF8.GetBytes(text)).Resource.ShouldNotBeNull());
    }

    public static ReferralContent Content(params Resource[] resources) => ContentReader.Read(Message(resources));

    public static Reference To(string reference) => new() { ReferenceValue = reference };

    public static CodeableConcept Concept(string? system = null, string? code = null, string? display = null) =>
        new()
        {
            Coding =
            {
                new Coding
                {
                    System = system,
                    Code = code,
                    Display = display,
                },
            },
        };

    /// <summary>Nothing but a patient who lacks nothing that is mandatory.</summary>
    public static ReferralContent Whole { get; } =
        new(
            PatientDetails.Empty with
            {
                Names = [new PersonName(null, "Haddad", ["Noor"], null, null, null)],
                BirthDate = "2001-06-17",
                Addresses = [new PostalAddress("home", ["12 Rue du Lac"], "Sudbury", "ON", null, null, null)],
                Telecoms = [new Rms.Core.ContactPoint("phone", "mobile", "705-555-0178")],
            },
            new RequestDetails(null, null, null, [], null, [], [], [], []),
            null,
            null,
            [],
            null,
            [],
            []
        );

    private static Incoming Read(Bundle bundle)
    {
        var (message, faults) = Incoming.Of(bundle);
        faults.ShouldBeEmpty();
        return message!;
    }
}

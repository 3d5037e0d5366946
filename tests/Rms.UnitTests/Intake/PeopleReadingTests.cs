using Rms.Core;
using Rms.Directories;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class PeopleReadingTests
{
    private static readonly Practitioner Doctor = Person("doctor", "Digley", "024412");
    private static readonly Practitioner Nurse = Person("nurse", "Nurse", "024413");
    private static readonly Practitioner Clerk = Person("clerk", "Clerk", null);

    [Theory]
    // Who typed, who authorises, who asks: and who is then shown as what.
    [InlineData("nurse", "doctor", "doctor", "DIGLEY", null, "NURSE")]
    [InlineData("doctor", "doctor", "doctor", "DIGLEY", null, null)]
    [InlineData("clerk", "doctor", "nurse", "NURSE", "DIGLEY", "CLERK")]
    [InlineData("nurse", "doctor", "nurse", "NURSE", "DIGLEY", null)]
    [InlineData("doctor", "doctor", "nurse", "NURSE", "DIGLEY", "DIGLEY")]
    [InlineData("clerk", "doctor", null, "DIGLEY", null, "CLERK")]
    [InlineData(null, null, "doctor", "DIGLEY", null, null)]
    public void Who_asks_on_whose_authority_and_who_typed_it_in_are_told_apart(
        string? sender,
        string? author,
        string? requester,
        string asks,
        string? authorises,
        string? typed
    )
    {
        var content = Made.Content(
            new MessageHeader { Sender = To(sender), Author = To(author) },
            new ServiceRequest { Requester = To(requester) },
            Doctor,
            Nurse,
            Clerk,
            Role("doctor"),
            Role("nurse"),
            Role("clerk")
        );

        content.Requester!.Name.ShouldBe(asks);
        content.Authorizer?.Name.ShouldBe(authorises);
        (content.Authorizer is null).ShouldBe(authorises is null);
        // A bundle that does not say who sent it has a role to spare: that is then the sender's.
        if (sender is not null)
            content.Submitter?.Name.ShouldBe(typed);
    }

    [Fact]
    public void Two_roles_of_one_practitioner_are_one_person()
    {
        var other = Role("doctor");
        other.Id = "doctor-at-the-other-clinic";

        var content = Made.Content(
            new MessageHeader
            {
                Author = Made.To("PractitionerRole/doctor-at-the-other-clinic"),
                Sender = Made.To("Practitioner/doctor"),
            },
            new ServiceRequest { Requester = To("doctor") },
            Doctor,
            Role("doctor"),
            other
        );

        content.Authorizer.ShouldBeNull();
        content.Submitter.ShouldBeNull();
    }

    [Fact]
    public void A_number_in_common_makes_two_people_no_one_person()
    {
        var content = Made.Content(
            new MessageHeader { Author = To("one") },
            new ServiceRequest { Requester = To("two") },
            Person("one", "Digley", "024412"),
            Person("two", "Other", "024412"),
            Role("one"),
            Role("two")
        );

        content.Requester!.Name.ShouldBe("OTHER");
        content.Authorizer!.Name.ShouldBe("DIGLEY");
    }

    [Fact]
    public void A_name_and_a_number_in_common_do()
    {
        var content = Made.Content(
            new MessageHeader { Author = To("one"), Sender = To("one") },
            new ServiceRequest { Requester = To("two") },
            Person("one", "Digley", "024412"),
            Person("two", "Digley", "024412"),
            Role("one"),
            Role("two")
        );

        content.Authorizer.ShouldBeNull();
        content.Submitter.ShouldBeNull();
    }

    [Fact]
    public void The_family_doctor_did_not_type_it_in()
    {
        var content = Made.Content(
            new MessageHeader { Author = To("doctor") },
            new ServiceRequest { Requester = To("doctor") },
            new Patient { GeneralPractitioner = { To("nurse")! } },
            Doctor,
            Nurse,
            Role("doctor"),
            Role("nurse")
        );

        content.Submitter.ShouldBeNull();
    }

    [Fact]
    public void Billing_and_licence_numbers_keep_their_kind()
    {
        var doctor = Person("doctor", "Digley", "024412");
        doctor.Identifier.Add(
            new Identifier
            {
                System = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-ohip-billing-id",
                Value = "033102",
            }
        );

        var read = Made.Content(new ServiceRequest { Requester = To("doctor") }, doctor, Role("doctor")).Requester!;

        read.Identifiers.Select(i => (i.TypeCode, i.Value)).ShouldBe([("LN", "024412"), (null, "033102")]);
        read.Identifiers[1].System!.ShouldEndWith("ca-on-ohip-billing-id");
    }

    [Fact]
    public void A_message_that_names_nobody_comes_from_whom_its_connection_names()
    {
        var message = Made.Message(new Patient());

        var named = ContentReader.Read(message, Listing(), Connection("Lakeview Family Health Team"));
        named.Requester!.Name.ShouldBe("Lakeview Family Health Team");
        named.Requester.FromConnection.ShouldBeTrue();
        ReviewReasons.Of(named).ShouldBeEmpty();

        var unnamed = ContentReader.Read(message, Listing(), Connection(null));
        unnamed.Requester.ShouldBeNull();
        ReviewReasons.Of(unnamed).ShouldBe(["no-requester"]);
    }

    [Fact]
    public void A_message_that_names_somebody_does_not_come_from_its_connection()
    {
        var content = ContentReader.Read(
            Made.Message(new ServiceRequest { Requester = To("doctor") }, Doctor, Role("doctor")),
            Listing(),
            Connection("Lakeview Family Health Team")
        );

        content.Requester!.Name.ShouldBe("DIGLEY");
        ReviewReasons.Of(content).ShouldBeEmpty();
    }

    [Fact]
    public void A_requester_of_whom_nothing_is_said_needs_review_and_a_patient_does_not()
    {
        var nothing = Made.Content(
            new ServiceRequest { Requester = Made.To("PractitionerRole/empty") },
            new PractitionerRole { Id = "empty" }
        );
        var self = Made.Content(
            new ServiceRequest { Requester = Made.To("Patient/self") },
            new Patient { Id = "self" }
        );

        ReviewReasons.Of(nothing).ShouldBe(["no-requester"]);
        ReviewReasons.Of(self).ShouldBeEmpty();
    }

    internal static ListingFound Listing() =>
        new(Guid.Empty, Guid.Empty, "4100", "Lakeside", "Cardiology", "c", "1", false, "like-any", null, null);

    internal static ConnectionSettings Connection(string? requester) =>
        new(
            Guid.Empty,
            Guid.Empty,
            "s",
            "S",
            "0.11.1",
            null,
            null,
            "query",
            null,
            null,
            false,
            "collection",
            true,
            "https://source.example.org/"
        )
        {
            RequesterName = requester,
        };

    private static Reference? To(string? person) => person is null ? null : Made.To("PractitionerRole/" + person);

    private static PractitionerRole Role(string person) =>
        new() { Id = person, Practitioner = Made.To("Practitioner/" + person) };

    private static Practitioner Person(string id, string family, string? licence)
    {
        var person = new Practitioner { Id = id, Name = { new HumanName { Family = family } } };
        if (licence is not null)
        {
            person.Identifier.Add(
                new Identifier
                {
                    Type = Made.Concept(code: "LN"),
                    System = "http://infoway-inforoute.ca/fhir/NamingSystem/ca-on-license-physician",
                    Value = licence,
                }
            );
        }
        return person;
    }
}

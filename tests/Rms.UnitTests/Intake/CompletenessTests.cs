using Rms.Core;
using Rms.Directories;
using Rms.Intake;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class CompletenessTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    [Fact]
    public void A_referral_with_the_mandatory_demographics_lacks_nothing_unless_its_listing_asks() =>
        Completeness.Missing(Made.Whole, [], Today).ShouldBeEmpty();

    [Fact]
    public void Of_nobody_every_mandatory_field_is_missing()
    {
        var missing = Completeness.Missing(Made.Whole with { Patient = PatientDetails.Empty }, [], Today);

        missing.ShouldAllBe(m => m.Kind == "demographics" && m.Why == "absent");
        missing
            .Select(m => m.Key)
            .ShouldBe([
                "patient.givenName",
                "patient.familyName",
                "patient.birthDate",
                "patient.street",
                "patient.city",
                "patient.anyPhone",
            ]);
    }

    [Fact]
    public void A_name_in_one_piece_of_two_words_is_a_first_and_a_last_name()
    {
        Of("Noor Haddad").ShouldBeEmpty();
        Of("Haddad").ShouldBe(["patient.givenName"]);

        static IEnumerable<string> Of(string name) =>
            Completeness
                .Missing(With(p => p with { Names = [new PersonName(null, null, [], null, null, name)] }), [], Today)
                .Select(m => m.Key);
    }

    [Theory]
    [InlineData("fax", null, true)]
    [InlineData("phone", "work", true)]
    [InlineData(null, null, true)]
    [InlineData("phone", "old", false)]
    [InlineData("email", null, false)]
    public void One_telephone_is_enough_be_it_a_fax(string? system, string? use, bool enough) =>
        Completeness
            .Missing(With(p => p with { Telecoms = [new ContactPoint(system, use, "1")] }), [], Today)
            .Count.ShouldBe(enough ? 0 : 1);

    [Fact]
    public void A_telephone_that_is_mandatory_and_asked_for_is_missed_once()
    {
        var missing = Completeness.Missing(
            With(p => p with { Telecoms = [] }),
            [Field("patient.phone"), Field("patient.birthDate")],
            Today
        );

        missing.ShouldHaveSingleItem().Key.ShouldBe("patient.phone");
        Completeness
            .Missing(With(p => p with { BirthDate = null }), [Field("patient.birthDate")], Today)
            .ShouldHaveSingleItem()
            .Kind.ShouldBe("demographics");
    }

    [Fact]
    public void A_fax_is_no_phone_number_for_a_listing_that_asks_for_one() =>
        Missing(With(p => p with { Telecoms = [new ContactPoint("fax", null, "1")] }), Field("patient.phone"))
            .ShouldBe("absent");

    public static TheoryData<string> Fields =>
        [
            ContentField.Mobile,
            ContentField.Email,
            ContentField.EmailConsent,
            ContentField.Language,
            ContentField.Interpreter,
            ContentField.HealthNumber,
            ContentField.Reason,
            ContentField.Priority,
            ContentField.PriorityNote,
            ContentField.Service,
            ContentField.RequesterName,
            ContentField.Billing,
            ContentField.Licence,
            ContentField.RequesterPhone,
            ContentField.RequesterFax,
        ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Each_field_is_missed_when_it_is_not_there_and_not_when_it_is(string field)
    {
        var nothing = Made.Whole with { Patient = Made.Whole.Patient with { Telecoms = [new("phone", null, "1")] } };
        var everything = Made.Whole with
        {
            Patient = Made.Whole.Patient with
            {
                Language = "fr",
                EmailConsent = false,
                Interpreter = "false",
                Telecoms = [new("phone", "mobile", "1"), new("email", null, "a@b.example")],
                Identifiers = [new("JHN", null, null, null, "1", null, null)],
            },
            Request = Made.Whole.Request with
            {
                Priority = "routine",
                PriorityNote = "soon",
                Reasons = ["why"],
                Service = new Code(null, "1", null),
            },
            Requester = new Clinician(
                "DIGLEY",
                null,
                [
                    new(null, null, null, "https://x.example/ca-on-ohip-billing-id", "1", null, null),
                    new("LN", null, null, null, "2", null, null),
                ],
                [new("phone", null, "1"), new("fax", null, "2")],
                null,
                false
            ),
        };

        Missing(nothing, Field(field)).ShouldBe("absent");
        Missing(everything, Field(field)).ShouldBeNull();
    }

    [Fact]
    public void A_field_that_nobody_knows_is_always_missed() =>
        Missing(Made.Whole, Field("patient.shoeSize")).ShouldBe("absent");

    [Theory]
    [InlineData("3 weeks", null)]
    [InlineData(" ", "absent")]
    public void An_answer_counts_wherever_its_question_stands(string answer, string? why)
    {
        var content = Made.Whole with
        {
            Form = new FormAnswers(
                null,
                null,
                [new FormItem("g", null, [], false, [new FormItem("Since", null, [answer], true, [])])]
            ),
        };

        Missing(content, new CompletenessRule("answer", "since", null, null, null)).ShouldBe(why);
        Missing(Made.Whole, new CompletenessRule("answer", "since", null, null, null)).ShouldBe("absent");
    }

    [Theory]
    // Of the day itself and of the last day that counts; the day before that; a partial date from its first day.
    [InlineData("ECG", "2026-03-02", null)]
    [InlineData("12-lead ecg_report.pdf", "2025-08-31", null)]
    [InlineData("ECG", "2025-08-30", "too-old")]
    [InlineData("ECG", "2025-09", null)]
    [InlineData("ECG", "2025-08", "too-old")]
    [InlineData("ECG", "2025-08-31T23:30:00-04:00", null)]
    [InlineData("ECG", null, "undated")]
    [InlineData("ECG", "yesterday", "undated")]
    [InlineData("ECG", "2062-01-01", "undated")]
    [InlineData("ECG", "2026-03-03", null)]
    [InlineData("Echocardiogram", "2026-03-02", "absent")]
    [InlineData("RECGO", "2026-03-02", "absent")]
    [InlineData(null, "2026-03-02", "absent")]
    public void An_attachment_counts_by_a_word_of_its_title_and_its_date(string? title, string? date, string? why) =>
        Missing(Attached((title, date)), Ecg).ShouldBe(why);

    [Fact]
    public void One_recent_document_is_enough_and_of_old_ones_the_newest_is_told()
    {
        Missing(Attached(("ECG", "2020"), ("ECG", "2026-01-01"), ("ECG", null)), Ecg).ShouldBeNull();

        var missing = Completeness
            .Missing(Attached(("ECG", "2020-01-01"), ("ECG", "2024-05-06")), [Ecg], Today)
            .ShouldHaveSingleItem();
        (missing.Why, missing.Date, missing.WithinDays).ShouldBe(("too-old", "2024-05-06", 183));
        (missing.LabelEn, missing.LabelFr).ShouldBe(("Recent ECG", "ECG récent"));
    }

    [Fact]
    public void Without_a_limit_any_age_will_do() =>
        Missing(Attached(("ECG", null)), Ecg with { WithinDays = null }).ShouldBeNull();

    [Theory]
    [InlineData("4548-4", null)]
    [InlineData("hba1c", null)]
    [InlineData("glycée", null)]
    [InlineData("globine", "absent")]
    [InlineData("2823-3", "absent")]
    public void An_observation_counts_by_its_code_or_a_word_of_its_name(string key, string? why)
    {
        var content = Made.Whole with
        {
            Supporting =
            [
                new SupportingItem("Observation", "Hémoglobine glycee", null)
                {
                    Codes = [new Code("http://loinc.org", "4548-4", "HbA1c (blood)")],
                    Date = "2026-02-01",
                },
                new SupportingItem("Condition", "2823-3 Hba", null) { Date = "2026-02-01" },
            ],
        };

        Missing(content, new CompletenessRule("observation", key, null, null, 90)).ShouldBe(why);
        Missing(content, new CompletenessRule("observation", key, null, null, 10)).ShouldBe(why ?? "too-old");
    }

    [Fact]
    public void The_site_s_day_counts_not_greenwich_s()
    {
        var late = new DateTimeOffset(2026, 3, 3, 2, 0, 0, TimeSpan.Zero);
        var listing = PeopleReadingTests.Listing() with { Completeness = [Ecg with { WithinDays = 1 }] };

        Completeness.Missing(Attached(("ECG", "2026-03-01")), listing, late).ShouldBeEmpty();
        Completeness
            .Missing(Attached(("ECG", "2026-03-01")), listing with { TimeZone = "Europe/Paris" }, late)
            .ShouldHaveSingleItem();
    }

    private static CompletenessRule Ecg { get; } = new("attachment", "ECG", "Recent ECG", "ECG récent", 183);

    private static CompletenessRule Field(string key) => new("field", key, null, null, null);

    private static string? Missing(ReferralContent content, CompletenessRule rule) =>
        Completeness.Missing(content, [rule], Today).SingleOrDefault()?.Why;

    private static ReferralContent With(Func<PatientDetails, PatientDetails> change) =>
        Made.Whole with
        {
            Patient = change(Made.Whole.Patient),
        };

    private static ReferralContent Attached(params (string? Title, string? Date)[] documents) =>
        Made.Whole with
        {
            Attachments =
            [
                .. documents.Select(d => new AttachmentDetails(null, d.Title, null, null, null, false, false, d.Date)),
            ],
        };
}

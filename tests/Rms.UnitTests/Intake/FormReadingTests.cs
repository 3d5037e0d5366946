using Rms.Core;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class FormReadingTests
{
    [Theory]
    [InlineData("\"valueString\": \"<b>3</b> weeks\"", "3 weeks")]
    [InlineData("\"valueBoolean\": true", "true")]
    [InlineData("\"valueInteger\": 3", "3")]
    [InlineData("\"valueDecimal\": 3.50", "3.50")]
    [InlineData("\"valueDate\": \"2026-02\"", "2026-02")]
    [InlineData("\"valueTime\": \"14:30:00\"", "14:30:00")]
    [InlineData("\"valueUri\": \"urn:x\"", "urn:x")]
    [InlineData("\"valueCoding\": {\"code\": \"LA33-6\", \"display\": \"Yes\"}", "Yes")]
    [InlineData("\"valueCoding\": {\"code\": \"LA33-6\"}", "LA33-6")]
    [InlineData("\"valueQuantity\": {\"comparator\": \">\", \"value\": 80, \"unit\": \"kg\"}", ">80 kg")]
    [InlineData("\"valueAttachment\": {\"title\": \"photo.png\"}", "photo.png")]
    [InlineData("\"valueReference\": {\"display\": \"Dr. Digley\"}", "Dr. Digley")]
    public void An_answer_of_any_type_is_read_in_words(string value, string words) =>
        Items("{\"linkId\": \"q\", \"answer\": [{" + value + "}]}")[0].Answers.ShouldBe([words]);

    [Theory]
    [InlineData("\"valueString\": \" \"")]
    [InlineData("\"valueString\": \"<p></p>\"")]
    [InlineData("\"valueCoding\": {\"system\": \"urn:x\"}")]
    public void An_answer_that_says_nothing_is_none(string value) =>
        Items("{\"linkId\": \"q\", \"answer\": [{" + value + "}]}")[0].Answers.ShouldBeEmpty();

    [Fact]
    public void Order_groups_repeated_answers_and_hidden_items_are_kept()
    {
        var items = Items(
            """
            {"linkId": "z", "text": "<i>Last</i> first?", "answer": [{"valueString": "b"}, {"valueString": "a"}]},
            {"linkId": "g", "text": "Group", "item": [
               {"linkId": "g.2", "extension": [{"url": "https://s.example/ext-ocean-eform-item-visibility", "valueString": "hidden"}]},
               {"linkId": "g.1", "answer": [{"valueString": "x", "item": [{"linkId": "g.1.1", "answer": [{"valueString": "deep"}]}]}]}]},
            {"linkId": "a"}
            """
        );

        items.Select(i => i.LinkId).ShouldBe(["z", "g", "a"]);
        items[0].Text.ShouldBe("Last first?");
        items[0].Answers.ShouldBe(["b", "a"]);
        items[1].Items.Select(i => (i.LinkId, i.Hidden)).ShouldBe([("g.2", true), ("g.1", false)]);
        items[1].Items[1].Items.ShouldHaveSingleItem().Answers.ShouldBe(["deep"]);
        items[2].Text.ShouldBeNull();
    }

    [Fact]
    public void A_form_without_items_is_a_form()
    {
        var form = FormReader.Read(Made.Json("""{"resourceType": "QuestionnaireResponse", "status": "completed"}"""));

        form.ShouldNotBeNull().Items.ShouldBeEmpty();
    }

    [Fact]
    public void Answers_fill_the_fields_that_the_listing_maps_them_to()
    {
        var content = Filled(
            PatientDetails.Empty,
            ("lang", "Français"),
            ("mail", "noor@mail.example"),
            ("mailOk", "Oui"),
            ("tel", "705-555-0177"),
            ("cell", "705-555-0178"),
            ("interp", "Yes, Arabic"),
            ("why", "Palpitations"),
            ("how", "As soon as possible")
        );

        content.Patient.Language.ShouldBe("fr");
        content.Patient.EmailConsent.ShouldBe(true);
        content.Patient.Interpreter.ShouldBe("Yes, Arabic");
        content.Patient.Telecoms.ShouldAllBe(t => t.FromForm);
        content
            .Patient.Telecoms.Select(t => (t.System, t.Use, t.Value))
            .ShouldBe([
                ("email", null, "noor@mail.example"),
                ("phone", null, "705-555-0177"),
                ("phone", "mobile", "705-555-0178"),
            ]);
        content.Request.Reasons.ShouldBe(["Palpitations"]);
        content.Request.PriorityNote.ShouldBe("As soon as possible");
        content.Patient.FromForm.ShouldBe([
            ContentField.Language,
            ContentField.Email,
            ContentField.EmailConsent,
            ContentField.Phone,
            ContentField.Mobile,
            ContentField.Interpreter,
        ]);
        content.Request.FromForm.ShouldBe([ContentField.Reason, ContentField.PriorityNote]);
    }

    [Fact]
    public void What_the_message_itself_says_is_never_changed_by_its_form()
    {
        var patient = PatientDetails.Empty with
        {
            Language = "en",
            EmailConsent = false,
            Interpreter = "false",
            Telecoms =
            [
                new Rms.Core.ContactPoint("email", null, "own@mail.example"),
                new Rms.Core.ContactPoint("phone", "mobile", "705-555-0100"),
            ],
        };

        var content = Filled(
            patient,
            ("lang", "French"),
            ("mail", "other@mail.example"),
            ("mailOk", "yes"),
            ("tel", "1"),
            ("cell", "2"),
            ("interp", "yes")
        );

        content.Patient.ShouldBe(patient);
    }

    [Fact]
    public void An_answer_that_is_neither_yes_nor_no_is_no_consent_and_an_empty_one_fills_nothing()
    {
        var content = Filled(PatientDetails.Empty, ("mailOk", "perhaps"), ("lang", " "), ("other", "x"));

        content.Patient.EmailConsent.ShouldBeNull();
        content.Patient.Language.ShouldBeNull();
        content.Patient.FromForm.ShouldBeEmpty();
    }

    private static ReferralContent Filled(PatientDetails patient, params (string LinkId, string Answer)[] answers) =>
        FormFields.Fill(
            Made.Whole with
            {
                Patient = patient,
                // In a group: a mapping finds its question wherever it stands.
                Form = new FormAnswers(
                    null,
                    null,
                    [
                        new FormItem(
                            "group",
                            null,
                            [],
                            false,
                            [.. answers.Select(a => new FormItem(a.LinkId, null, [a.Answer], false, []))]
                        ),
                    ]
                ),
            },
            new Dictionary<string, string>
            {
                ["lang"] = ContentField.Language,
                ["mail"] = ContentField.Email,
                ["mailOk"] = ContentField.EmailConsent,
                ["tel"] = ContentField.Phone,
                ["cell"] = ContentField.Mobile,
                ["interp"] = ContentField.Interpreter,
                ["why"] = ContentField.Reason,
                ["how"] = ContentField.PriorityNote,
                ["other"] = "patient.shoeSize",
            }
        );

    private static IReadOnlyList<FormItem> Items(string items) =>
        FormReader
            .Read(
                Made.Json(
                    "{\"resourceType\": \"QuestionnaireResponse\", \"status\": \"completed\", \"item\": ["
                        + items
                        + "]}"
                )
            )!
            .Items;
}

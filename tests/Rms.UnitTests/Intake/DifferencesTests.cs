using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class DifferencesTests
{
    private static readonly ReferralContent Before = ContentReader.Read(
        Incoming.Of(FhirReader.Read<Bundle>(Vectors.Bytes("v0.11.1/add-service-request.form")).Resource!).Message!
    );

    [Fact]
    public void The_same_content_has_none() => Differences.Between(Before, Before).ShouldBeEmpty();

    [Fact]
    public void Neither_order_nor_blank_space_is_a_difference()
    {
        var after = Before with
        {
            Form = Before.Form! with { Items = [.. Before.Form!.Items.Reverse()] },
            Patient = Before.Patient with
            {
                Telecoms = [.. Before.Patient.Telecoms.Reverse()],
                Names =
                [
                    .. Before.Patient.Names.Select(n => n with { Given = [.. n.Given.Select(g => " " + g + "  ")] }),
                ],
            },
        };

        Differences.Between(Before, after).ShouldBeEmpty();
    }

    [Fact]
    public void An_answer_is_named_by_its_question()
    {
        var items = Before.Form!.Items.ToList();
        var index = items.FindIndex(i => i.Answers.Count > 0 && i.Text is not null);
        items[index] = items[index] with { Answers = ["Another answer"] };

        var change = Differences
            .Between(Before, Before with { Form = Before.Form with { Items = items } })
            .ShouldHaveSingleItem();

        change.Field.ShouldBe("form");
        change.Label.ShouldBe(items[index].Text);
        change.After.ShouldBe("Another answer");
    }

    [Fact]
    public void Of_several_numbers_only_the_one_that_changed_is_told()
    {
        var phone = Before.Patient.Telecoms.First(t => t.System == "phone");
        var after = Before with
        {
            Patient = Before.Patient with
            {
                Telecoms = [.. Before.Patient.Telecoms.Select(t => t == phone ? t with { Value = "705-555-9999" } : t)],
            },
        };

        Differences
            .Between(Before, after)
            .ShouldBe([new FieldChange("patient.phone", null, phone.Value, "705-555-9999")]);
    }

    [Theory]
    [InlineData("completed", 0)]
    [InlineData("active", 0)]
    [InlineData("on-hold", 1)]
    [InlineData("revoked", 1)]
    public void A_status_that_follows_from_our_own_messages_is_no_news(string status, int changes) =>
        Differences
            .Between(Before, Before with { Request = Before.Request with { Status = status } })
            .Count.ShouldBe(changes);
}

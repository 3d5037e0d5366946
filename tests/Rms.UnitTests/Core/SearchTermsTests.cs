using Rms.Core;
using Rms.Core.Keys;
using Shouldly;

namespace Rms.UnitTests.Core;

public sealed class SearchTermsTests
{
    private static readonly PatientDetails Patient = PatientDetails.Empty with
    {
        Names = [new PersonName("official", "Lévesque-Roy", ["Maëlle", "J"], null, null, null)],
        BirthDate = "1971-04-09",
        Identifiers = [new PatientIdentifier("JHN", null, "official", null, "9876 543 217", "ON", "XK")],
        Telecoms = [new ContactPoint("phone", "home", "+1 (416) 555-0199"), new("email", null, "Maelle@Example.org ")],
    };

    [Theory]
    [InlineData("levesque")]
    [InlineData("LÉV")]
    [InlineData("roy, maelle")]
    [InlineData("Maëlle Lévesque-Roy")]
    [InlineData("leveske")]
    [InlineData("9876543217")]
    [InlineData("9876-543-217")]
    [InlineData("416 555 0199")]
    [InlineData("1971-04-09")]
    [InlineData("maelle@example.org")]
    [InlineData("36739a27-0a88-455f-a6c9-13eb45e02efc")]
    public void A_patient_is_found_by(string typed) => Matches(typed).ShouldBeTrue();

    [Theory]
    [InlineData("tremblay")]
    [InlineData("maelle tremblay")]
    [InlineData("9876543218")]
    [InlineData("1971-04-10")]
    [InlineData("416 555 0198")]
    public void A_patient_is_not_found_by(string typed) => Matches(typed).ShouldBeFalse();

    [Fact]
    public void Names_in_other_scripts_are_found_by_their_beginning()
    {
        var patient = PatientDetails.Empty with { Names = [new(null, "Шевченко", ["Олена"], null, null, null)] };

        SearchTerms.Typed("шев")[0].ShouldContain(t => SearchTerms.Of(patient, "R").Contains(t));
    }

    [Fact]
    public void Text_that_is_no_unicode_does_no_harm() =>
        SearchTerms
            .Of(
                PatientDetails.Empty with
                {
                    Names = [new(null, "a\ud800b\ufffe\uffff", [], null, null, null)],
                },
                "\udfff"
            )
            .ShouldNotBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("!?")]
    public void Nothing_that_can_be_searched_gives_no_terms(string typed) => SearchTerms.Typed(typed).ShouldBeEmpty();

    private static bool Matches(string typed)
    {
        var terms = SearchTerms.Of(Patient, "36739a27-0a88-455f-a6c9-13eb45e02efc");
        var groups = SearchTerms.Typed(typed);
        return groups.Count > 0 && groups.All(g => g.Any(terms.Contains));
    }
}

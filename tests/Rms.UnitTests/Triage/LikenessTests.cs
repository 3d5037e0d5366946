using Rms.Core;
using Rms.Triage;
using Shouldly;

namespace Rms.UnitTests.Triage;

public sealed class LikenessTests
{
    private const string Name = "same-birth-date-and-similar-name";
    private const string Number = "same-health-number";

    [Theory]
    [InlineData("Lévesque", "Maëlle", "LEVESQUE", "maelle")]
    [InlineData("St-Pierre", "Jean", "St Pierre", "Jean")]
    [InlineData("Thompson", "Robert", "Thomson", "Robert")]
    [InlineData("Okafor", "Mira", "Okafro", "Mira")]
    [InlineData("Whitebear", "Sasha", "Whytebaer", "Sasha")]
    [InlineData("Nguyen", "Van An", "Nguyen", "Van-An")]
    [InlineData("Roy", "Catherine", "Roy", "Katherine")]
    [InlineData("Roy", "Robert", "Roy", "Rob")]
    [InlineData("Roy", "Robert", "Roy", "R")]
    [InlineData("Tremblay-Singh", "Amélie", "Singh", "Amelie")]
    [InlineData("Li", "Wei", "Wei", "Li")]
    [InlineData("Roy", "", "Roy", "Anne")]
    [InlineData("Королёв", "Иван", "Королев", "ИВАН")]
    public void Of_one_birth_date_these_names_may_be_one_person_s(
        string family,
        string given,
        string other,
        string otherGiven
    )
    {
        Likeness.Reasons(Person(family, given), Person(other, otherGiven)).ShouldBe([Name]);
        Likeness.Reasons(Person(other, otherGiven), Person(family, given)).ShouldBe([Name], "both ways round");
    }

    [Theory]
    [InlineData("Tremblay", "Amélie", "Tremblay", "Olivier")]
    [InlineData("Tremblay", "Amélie", "Gagnon", "Amélie")]
    [InlineData("Li", "Wei", "Lu", "Wen")]
    [InlineData("Roy", "Jo", "Roy", "Joanna")]
    [InlineData("Roy", "Anne", "", "")]
    [InlineData("", "", "", "")]
    [InlineData("O", "A", "B", "A")]
    public void These_are_not(string family, string given, string other, string otherGiven)
    {
        Likeness.Reasons(Person(family, given), Person(other, otherGiven)).ShouldBeEmpty();
        Likeness.Reasons(Person(other, otherGiven), Person(family, given)).ShouldBeEmpty();
    }

    [Fact]
    public void Another_or_an_unknown_birth_date_is_nobody_s_name_alike()
    {
        var one = Person("Roy", "Anne");
        Likeness.Reasons(one, one with { BirthDate = "1971-04-10" }).ShouldBeEmpty();
        Likeness.Reasons(one with { BirthDate = null }, one with { BirthDate = null }).ShouldBeEmpty();
        Likeness.Reasons(one with { BirthDate = "1971" }, one with { BirthDate = "1971" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_name_that_came_as_one_text_is_taken_apart()
    {
        var text = Person("", "") with { Names = [new PersonName(null, null, [], null, null, "Anne Roy")] };
        Likeness.Reasons(Person("Roy", "Anne"), text).ShouldBe([Name]);
    }

    [Theory]
    [InlineData("9876543217", "ON", "9876 543-217", "ON", true)]
    [InlineData("9876543217", "ON", "9876543217", null, true)]
    [InlineData("9876543217", "ON", "9876543217", "QC", false)]
    [InlineData("9876543217", "ON", "9876543218", "ON", false)]
    [InlineData("0000000000", "ON", "0000000000", "ON", false)]
    [InlineData(null, "ON", null, "ON", false)]
    [InlineData("12", "ON", "12", "ON", false)]
    public void A_health_number_is_the_same_by_its_digits_and_province(
        string? number,
        string province,
        string? other,
        string? otherProvince,
        bool same
    ) => Likeness.Reasons(Card(number, province), Card(other, otherProvince)).Contains(Number).ShouldBe(same);

    [Fact]
    public void A_hostile_name_takes_no_time_to_compare()
    {
        var longest = new string('a', 1_000_000);
        var one = Person(longest, longest);
        var other = Person(longest + "b", longest + "c") with
        {
            Names = [.. Enumerable.Repeat(new PersonName(null, longest + "b", [longest], null, null, null), 1000)],
        };
        Likeness.Reasons(one, other).ShouldBe([Name]);
    }

    private static PatientDetails Person(string family, string given) =>
        PatientDetails.Empty with
        {
            Names = [new PersonName("official", family, given.Length == 0 ? [] : given.Split(' '), null, null, null)],
            BirthDate = "1971-04-09",
        };

    private static PatientDetails Card(string? number, string? province) =>
        PatientDetails.Empty with
        {
            Identifiers = [new PatientIdentifier("JHN", null, "official", null, number, province, null)],
        };
}

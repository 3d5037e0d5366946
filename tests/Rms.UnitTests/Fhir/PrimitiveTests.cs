using System.Text;
using Rms.Fhir;
using Rms.Fhir.Json;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class PrimitiveTests
{
    [Theory]
    [InlineData("2026", DatePrecision.Year, "2026-01-01", "2026-12-31")]
    [InlineData("2024-02", DatePrecision.Month, "2024-02-01", "2024-02-29")]
    [InlineData("2026-11-21", DatePrecision.Day, "2026-11-21", "2026-11-21")]
    [InlineData("2026-11-21T09:30:00Z", DatePrecision.Second, "2026-11-21", "2026-11-21")]
    [InlineData("2026-11-21T09:30-05:00", DatePrecision.Minute, "2026-11-21", "2026-11-21")]
    public void A_date_says_what_it_knows(string text, DatePrecision precision, string first, string last)
    {
        FhirDate.TryParse(text, out var date).ShouldBeTrue();

        date.Precision.ShouldBe(precision);
        FhirDate.Text(date.FirstDay).ShouldBe(first);
        FhirDate.Text(date.LastDay).ShouldBe(last);
        (date.Moment is not null).ShouldBe(precision >= DatePrecision.Minute);
    }

    [Theory]
    [InlineData("2026-11-21T09:30:00.250-05:00", "2026-11-21T09:30:00.250-05:00")]
    [InlineData("2026-11-21T09:30:00Z", "2026-11-21T09:30:00.000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z")]
    [InlineData("2026-11-21T09:30:00.12345678901Z", "2026-11-21T09:30:00.123Z")]
    public void A_moment_keeps_its_zone(string text, string written)
    {
        FhirDate.TryParse(text, out var date).ShouldBeTrue();

        FhirDate.Text(date.Moment!.Value).ShouldBe(written);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("26")]
    [InlineData("0000")]
    [InlineData("2026-13")]
    [InlineData("2026-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("2026-1-1")]
    [InlineData("2026-11-21T")]
    [InlineData("2026-11-21T24:00:00Z")]
    [InlineData("2026-11-21T09:30:00")]
    [InlineData("2026-11-21T09:30:00.Z")]
    [InlineData("2026-11-21T09:30:00+14:01")]
    [InlineData("2026-11-21 09:30:00Z")]
    [InlineData("2026-11-21T09:30:00Z ")]
    [InlineData("0001-01-01T00:00:00+05:00")]
    public void What_is_no_date_is_refused(string? text) => FhirDate.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("1.50", 1.50)]
    [InlineData("-0.00", 0)]
    [InlineData("1.2E+3", 1200)]
    [InlineData("1e-400", 0)]
    public void A_decimal_has_a_text_and_a_value(string text, double value)
    {
        FhirDecimal.TryParse(text, out var number).ShouldBeTrue();

        number.ToString().ShouldBe(text);
        number.Value.ShouldBe((decimal)value);
    }

    [Fact]
    public void A_decimal_too_large_to_hold_stands_as_the_nearest()
    {
        FhirDecimal.TryParse("1e400", out var large).ShouldBeTrue();
        FhirDecimal.TryParse("-79228162514264337593543950336", out var small).ShouldBeTrue();

        large.Value.ShouldBe(decimal.MaxValue);
        small.Value.ShouldBe(decimal.MinValue);
        new FhirDecimal(1.50m).ToString().ShouldBe("1.50");
        default(FhirDecimal).ToString().ShouldBe("0");
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("NaN")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    public void What_JSON_would_not_take_as_a_number_is_no_decimal(string text) =>
        FhirDecimal.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Base64_is_decoded_only_when_asked()
    {
        FhirBase64.TryFromText("aGVs\nbG8="u8.ToArray(), out var text).ShouldBeTrue();
        text.DecodedLength.ShouldBe(5);
        Encoding.UTF8.GetString(text.Decode()).ShouldBe("hello");

        var ours = FhirBase64.From([1, 2, 3]);
        ours.Decode().ShouldBe([1, 2, 3]);
        ours.ToString().ShouldBe("AQID");
        FhirBase64.TryFromText("%%%"u8.ToArray(), out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => ours.DecodeTo(new byte[2]));
        default(FhirBase64).Decode().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://x.example/P|1.0.1", "http://x.example/P", "1.0.1")]
    [InlineData("http://x.example/P%7C1.0.0", "http://x.example/P", "1.0.0")]
    [InlineData("http://x.example/P%7c1.0.0", "http://x.example/P", "1.0.0")]
    [InlineData("http://x.example/P|", "http://x.example/P", null)]
    [InlineData("http://x.example/P", "http://x.example/P", null)]
    public void A_canonical_is_split_from_its_version(string canonical, string url, string? version) =>
        Canonical.Split(canonical).ShouldBe((url, version));

    [Theory]
    [InlineData("id", "abc-1.2", true)]
    [InlineData("id", "a_b", false)]
    [InlineData("id", "0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("id", "01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("code", "a b", true)]
    [InlineData("code", " a", false)]
    [InlineData("code", "a  b", false)]
    [InlineData("code", "a\tb", false)]
    [InlineData("uri", "urn:x", true)]
    [InlineData("uri", "a b", false)]
    [InlineData("oid", "urn:oid:1.2.840", true)]
    [InlineData("oid", "urn:oid:3.1", false)]
    [InlineData("oid", "urn:oid:1.02", false)]
    [InlineData("uuid", "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e", true)]
    [InlineData("uuid", "urn:uuid:0F8FAD5B-D9CB-469F-A165-70867728950E", false)]
    [InlineData("date", "2026-01-01T00:00:00Z", false)]
    [InlineData("dateTime", "2026-01-01T00:00Z", false)]
    [InlineData("dateTime", "2026-01-01T00:00:00+14:00", true)]
    [InlineData("dateTime", "2026-01-01T00:00:00+14:01", false)]
    [InlineData("dateTime", "2026-01-01T00:00:00-15:00", false)]
    [InlineData("instant", "2026-01-01", false)]
    [InlineData("instant", "2026-01-01T00:00:00Z", true)]
    [InlineData("time", "23:59:60", true)]
    [InlineData("time", "23:59:59.999", true)]
    [InlineData("time", "24:00:00", false)]
    [InlineData("time", "10:00", false)]
    [InlineData("time", "10:00:00Z", false)]
    public void Each_primitive_has_its_rule(string kind, string text, bool valid) =>
        Syntax.Valid(Enum.Parse<TextKind>(kind, ignoreCase: true), Encoding.UTF8.GetBytes(text)).ShouldBe(valid);
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class PropertyTests
{
    private static readonly byte[][] Seeds =
    [
        .. Vectors.Messages().Where(name => !name.Contains("form")).Select(Vectors.Bytes),
        .. Vectors.In("faults").Select(Vectors.Bytes),
    ];

    public static TheoryData<string> Types => [.. ResourceMaker.ResourceTypes];

    [Theory]
    [MemberData(nameof(Types))]
    public void Whatever_the_definitions_allow_is_read_strictly_and_written_byte_for_byte(string type)
    {
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var json = ResourceMaker.Make(type, seed);
                    var read = FhirReader.Read<Resource>(json, ReadOptions.Strict);

                    // The maker knows elements, not what the invariants ask of several together.
                    read.Issues.Where(issue => issue.Code != IssueTypeCodes.Invariant).ShouldBeEmpty();
                    read.Resource!.ResourceType.ShouldBe(type);
                    Encoding.UTF8.GetString(FhirWriter.Write(read.Resource)).ShouldBe(Encoding.UTF8.GetString(json));
                    FhirReader.Read<Resource>(json).Issues.ShouldBeEmpty();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void Whatever_is_done_to_a_message_reading_ends_and_says_what_it_found()
    {
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var json = Damaged(new Random(seed));
                    foreach (var manner in new[] { ReadOptions.Tolerant, ReadOptions.Strict })
                    {
                        var read = FhirReader.Read<Bundle>(json, manner);
                        (read.Resource is null).ShouldBe(
                            read.Issues.Any(issue => issue.Severity == IssueSeverity.Fatal)
                        );
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void What_the_tolerant_reader_keeps_can_be_sent_on()
    {
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var read = FhirReader.Read<Bundle>(Odd(new Random(seed)));
                    if (read.HasErrors)
                    {
                        return;
                    }

                    var written = FhirWriter.Write(read.Resource!);
                    var again = FhirReader.Read<Bundle>(written);
                    again.HasErrors.ShouldBeFalse();
                    // Shapes, empty values and unknown elements are mended by the first reading.
                    again.Issues.ShouldAllBe(issue =>
                        issue.Key != Faults.WrongType
                        && issue.Key != Faults.EmptyValue
                        && issue.Key != Faults.UnknownElement
                        && issue.Key != Faults.ChoiceTwice
                    );
                    FhirWriter.Write(again.Resource!).ShouldBe(written);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    /// <summary>A message to which a few things were done: bytes, structure characters, whole pieces.</summary>
    private static byte[] Damaged(Random random)
    {
        var json = Seeds[random.Next(Seeds.Length)].ToList();
        for (var n = random.Next(1, 6); n > 0 && json.Count > 2; n--)
        {
            var at = random.Next(json.Count);
            var length = Math.Min(random.Next(1, 40), json.Count - at);
            switch (random.Next(8))
            {
                case 0:
                    json[at] = (byte)random.Next(256);
                    break;
                case 1:
                    json.RemoveRange(at, length);
                    break;
                case 2:
                    json.InsertRange(random.Next(json.Count), json.GetRange(at, length));
                    break;
                case 3:
                    json[at] = "{}[]\",:0-tn\\ "u8[random.Next(13)];
                    break;
                default:
                    Swap(json, random);
                    break;
            }
        }

        return [.. json];
    }

    /// <summary>A message of which some values were put in the place of others.</summary>
    private static byte[] Odd(Random random)
    {
        var json = Seeds[random.Next(Seeds.Length)].ToList();
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            Swap(json, random);
        }

        return [.. json];
    }

    /// <summary>Puts one JSON value in the place of another, so that the text stays JSON and only its sense breaks.</summary>
    private static void Swap(List<byte> json, Random random)
    {
        string[] values =
        [
            "null",
            "true",
            "\"\"",
            "\"x y\"",
            "{}",
            "[]",
            "[null]",
            "[[1]]",
            "{\"url\":\"u\"}",
            "-1.50",
            "\"2026-02\"",
        ];
        var text = Encoding.Latin1.GetString([.. json]);
        var colon = text.IndexOf(": ", random.Next(text.Length), StringComparison.Ordinal);
        if (colon < 0)
        {
            return;
        }

        var start = colon + 2;
        var end = text[start] == '"' ? text.IndexOf('"', start + 1) + 1 : text.IndexOfAny([',', '\n'], start);
        if (end > start)
        {
            json.RemoveRange(start, end - start);
            json.InsertRange(start, Encoding.UTF8.GetBytes(values[random.Next(values.Length)]));
        }
    }
}

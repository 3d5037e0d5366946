using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;

namespace Rms.UnitTests.Fhir;

/// <summary>Small things that the tests of the FHIR model share.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static FhirRead<T> Read<T>(string json, ReadOptions? options = null)
        where T : Resource => FhirReader.Read<T>(Encoding.UTF8.GetBytes(json), options);

    public static string Write(Resource resource) => Encoding.UTF8.GetString(FhirWriter.Write(resource));

    /// <summary>The same JSON without white space. Numbers keep their digits.</summary>
    public static string Compacted(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8)!.ToJsonString(Compact);

    /// <summary>Reads without a single issue, writes, and compares with the input.</summary>
    public static void ShouldRoundTrip<T>(string json)
        where T : Resource
    {
        var read = Read<T>(json);
        read.Issues.ShouldBeEmpty();
        Write(read.Resource!).ShouldBe(Compacted(Encoding.UTF8.GetBytes(json)));
    }
}

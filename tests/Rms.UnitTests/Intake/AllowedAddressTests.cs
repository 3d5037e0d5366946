using Rms.Directories;
using Rms.Intake.Attached;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class AllowedAddressTests
{
    [Theory]
    [InlineData("https://source.example/fhir/DocumentReference/1/$binary", true)]
    [InlineData("HTTPS://SOURCE.EXAMPLE/x", true)]
    [InlineData("https://source.example:443/x", true)]
    [InlineData("DocumentReference/1/$binary", true)]
    [InlineData("/other/path", true)]
    [InlineData("https://files.example/x", true)]
    [InlineData("https://odd.example:8443/x", true)]
    [InlineData("//files.example/x", true)]
    [InlineData("https://source.example:8443/x", false)]
    [InlineData("http://source.example/x", false)]
    [InlineData("https://odd.example/x", false)]
    [InlineData("https://files.example:8443/x", false)]
    [InlineData("https://sub.files.example/x", false)]
    [InlineData("https://files.example.evil.example/x", false)]
    [InlineData("https://source.example@evil.example/x", false)]
    [InlineData("https://evil.example#source.example", false)]
    [InlineData("https://user:word@source.example/x", false)]
    [InlineData("//evil.example/x", false)]
    [InlineData("https://source.example\\@evil.example/x", false)]
    [InlineData("ftp://source.example/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("data:text/plain,x", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("urn:uuid:00000000-0000-4000-8000-000000000001", false)]
    public void Only_the_endpoints_host_and_those_that_are_named_are_allowed(string url, bool allowed)
    {
        var connection = Connection("https://source.example/fhir/$process-messages", allowPrivate: false);
        var address = AllowedAddress.Read(url, connection);

        (address is not null && AllowedAddress.Allows(connection, address)).ShouldBe(allowed);
        if (allowed)
            address!.Host.ShouldBeOneOf("source.example", "files.example", "odd.example");
    }

    [Fact]
    public void Without_encryption_only_a_test_network_is_asked()
    {
        var url = new Uri("http://127.0.0.1:5081/fhir/x");
        AllowedAddress
            .Allows(Connection("http://127.0.0.1:5081/fhir/$process-messages", allowPrivate: true), url)
            .ShouldBeTrue();
        AllowedAddress
            .Allows(Connection("http://127.0.0.1:5081/fhir/$process-messages", allowPrivate: false), url)
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https://source.example/\r\nX: y")]
    public void What_is_no_address_is_not_asked_for(string? url) =>
        AllowedAddress.Read(url, Connection("https://source.example/x", allowPrivate: false)).ShouldBeNull();

    private static ConnectionSettings Connection(string endpoint, bool allowPrivate) =>
        new(
            Guid.Empty,
            Guid.Empty,
            "",
            "",
            "0.11.1",
            new Uri(endpoint),
            null,
            "query",
            null,
            null,
            allowPrivate,
            "collection",
            true,
            ""
        )
        {
            AllowedHosts = ["files.example", "odd.example:8443"],
        };
}

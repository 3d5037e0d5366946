using System.Net;
using Rms.Core.Http;
using Shouldly;

namespace Rms.UnitTests.Core;

public sealed class OutboundHttpTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("99.79.1.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2607:f8b0::1")]
    public void Addresses_of_the_internet_are_public(string address) =>
        OutboundHttp.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fc00::1")]
    [InlineData("fe80::1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001:db8::1")]
    public void Addresses_that_lead_inside_are_not(string address) =>
        OutboundHttp.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Fact]
    public async Task Plain_http_is_refused_where_private_addresses_are()
    {
        using var http = new OutboundHttp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://source.example.org/");

        await Should.ThrowAsync<HttpRequestException>(() =>
            http.Send(request, allowPrivate: false, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_name_that_leads_to_a_private_address_is_refused_before_anything_is_sent()
    {
        using var http = new OutboundHttp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://localhost/");

        var refusal = await Should.ThrowAsync<HttpRequestException>(() =>
            http.Send(request, allowPrivate: false, TestContext.Current.CancellationToken)
        );

        OutboundHttp.WasNotAllowed(refusal).ShouldBeTrue();
        OutboundHttp.WasNotAllowed(new HttpRequestException()).ShouldBeFalse();
    }
}

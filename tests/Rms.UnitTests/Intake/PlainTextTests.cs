using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("Plain text", "Plain text")]
    [InlineData("  blank around  ", "blank around")]
    [InlineData("a &amp; b&nbsp;c", "a & b c")]
    [InlineData("<b>bold</b> and <i>slanted</i>", "bold and slanted")]
    [InlineData("one<br>two<br/>three", "one\ntwo\nthree")]
    [InlineData("<p>one</p><p>two</p>", "one\ntwo")]
    [InlineData("<ul><li>one<li>two</ul>", "one\ntwo")]
    [InlineData("before<script>alert(1)</script>after", "beforeafter")]
    [InlineData("<style>p{}</style>seen", "seen")]
    [InlineData("<img src=x onerror=alert(1)>seen", "seen")]
    [InlineData("5 < 6", "5 < 6")]
    [InlineData("K<Na, on ACE inhibitor", "K<Na, on ACE inhibitor")]
    [InlineData("eGFR <LLN, urgent <b>now</b>", "eGFR <LLN, urgent now")]
    [InlineData("<3 weeks> or <unknown tag>", "<3 weeks> or <unknown tag>")]
    [InlineData("&lt;script&gt;", "<script>")]
    [InlineData("<u><b>Report<br><br></b></u><b><br>Part 2</b>", "Report\n\n\nPart 2")]
    public void Mark_up_is_taken_out(string html, string text) => PlainText.Of(html).ShouldBe(text);

    [Fact]
    public void No_text_stays_none() => PlainText.Of(null).ShouldBeNull();

    [Fact]
    public void Mark_up_nested_without_end_does_no_harm() =>
        PlainText.Of(string.Concat(Enumerable.Repeat("<div>", 20_000)) + "x").ShouldBe("x");
}

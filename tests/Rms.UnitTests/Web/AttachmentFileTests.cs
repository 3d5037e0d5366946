using Rms.Web.Pages.Referrals;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Web;

public sealed class AttachmentFileTests
{
    [Theory]
    [InlineData("Letter.pdf", "application/pdf", "Letter.pdf")]
    [InlineData("Amélie 李-2026-02-03.PDF", "application/pdf", "Amélie 李-2026-02-03.PDF")]
    [InlineData("scan.jpeg", "image/jpeg", "scan.jpeg")]
    [InlineData("results.csv", "text/plain", "results.csv")]
    [InlineData("setup.exe", "application/pdf", "setup.exe.pdf")]
    [InlineData("page.html", "text/html", "page.html.txt")]
    [InlineData("setup.exe", "application/octet-stream", "setup.exe.bin")]
    [InlineData("film.mp4", "application/octet-stream", "film.mp4")]
    [InlineData("../../etc/passwd", "text/plain", "etc-passwd.txt")]
    [InlineData("a\"; filename=\"b.exe", "image/png", "a- filename=-b.exe.png")]
    [InlineData("line\r\nSet-Cookie: x", "image/png", "line-Set-Cookie- x.png")]
    [InlineData("gpj.\u202Eexe", "image/jpeg", "gpj.-exe.jpg")]
    [InlineData("...", "application/dicom", "document.dcm")]
    [InlineData(null, "application/pdf", "document.pdf")]
    public void A_download_is_named_after_its_title_and_what_it_is(string? title, string type, string name) =>
        AttachmentFile.NameOf(title, type).ShouldBe(name);

    [Fact]
    public void A_name_has_an_end() =>
        AttachmentFile.NameOf(new string('x', 1_000_000), "application/pdf").Length.ShouldBeLessThan(130);
}

using System.Text;
using MediatR;
using Microsoft.Net.Http.Headers;
using Rms.Intake;

namespace Rms.Web.Pages.Referrals;

/// <summary>
/// GET /referrals/{id}/attachments/{attachment}: the bytes of a document, shown where that is safe, else a download
/// (?download: always). Nothing in a document runs in our name: its type comes from its bytes, browsers may not guess
/// another, and its own policy allows it nothing.
/// </summary>
internal static class AttachmentFile
{
    private const string Pdf = "application/pdf";
    private const string Anything = "application/octet-stream";
    private const int LongestName = 120;

    private const string Nothing = "default-src 'none'; frame-ancestors 'self'; sandbox";

    // Browsers show a PDF by a viewer of their own, apart from our origin. Older ones embed it in a frame with a style of
    // its own, and won't in a sandbox (Chromium 156 would in either).
    private const string NothingButTheViewer =
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

    /// <summary>The types that a page shows, with the endings of their files.</summary>
    private static readonly Dictionary<string, string> Shown = new()
    {
        [Pdf] = ".pdf",
        ["image/png"] = ".png",
        ["image/jpeg"] = ".jpg",
        ["image/gif"] = ".gif",
        ["image/webp"] = ".webp",
        ["text/plain"] = ".txt",
    };

    /// <summary>The endings of files of other kinds. What could run when it is opened gets an ending that does not.</summary>
    private static readonly Dictionary<string, string> Endings = new()
    {
        ["image/tiff"] = ".tiff",
        ["image/bmp"] = ".bmp",
        ["image/heic"] = ".heic",
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = ".docx",
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = ".xlsx",
        ["application/msword"] = ".doc",
        ["text/rtf"] = ".rtf",
        ["application/dicom"] = ".dcm",
        ["application/cda+xml"] = ".xml",
        ["text/xml"] = ".xml",
        ["text/html"] = ".txt",
    };

    /// <summary>Other endings that say the same.</summary>
    private static readonly Dictionary<string, string> AlsoCalled = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jpeg"] = ".jpg",
        [".tif"] = ".tiff",
        [".csv"] = ".txt",
        [".log"] = ".txt",
    };

    /// <summary>Endings that may stand on a file of a kind that we do not know: nothing runs when such a file is opened.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        ".zip",
        ".xls",
        ".ppt",
        ".pptx",
        ".odt",
        ".ods",
        ".eml",
        ".mp3",
        ".m4a",
        ".wav",
        ".mp4",
        ".mov",
        ".jp2",
        ".wpd",
    };

    public static void MapAttachmentFiles(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/referrals/{id:guid}/attachments/{attachment:guid}", Send).RequireAuthorization();

    private static async Task Send(HttpContext context, IMediator mediator, Guid id, Guid attachment)
    {
        var stop = context.RequestAborted;
        var opened = await mediator.Send(new OpenAttachment(id, attachment), stop);
        var isShown = Shown.ContainsKey(opened.ContentType);
        var download = !isShown || context.Request.Query.ContainsKey("download");
        var disposition = new ContentDispositionHeaderValue(download ? "attachment" : "inline");
        disposition.SetHttpFileName(NameOf(opened.Title, opened.ContentType));

        var response = context.Response;
        response.ContentType =
            !isShown ? Anything
            : opened.ContentType == "text/plain" ? "text/plain; charset=utf-8"
            : opened.ContentType;
        response.ContentLength = opened.Size;
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "private, no-store";
        response.Headers.ContentSecurityPolicy = opened.ContentType == Pdf ? NothingButTheViewer : Nothing;
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        await foreach (var piece in opened.Pieces.WithCancellation(stop))
            await response.Body.WriteAsync(piece, stop);
    }

    /// <summary>
    /// A file's name from a document's title: without what a path, a shell or a reader's eye could stumble over, and with
    /// the ending of what it is.
    /// </summary>
    internal static string NameOf(string? title, string contentType)
    {
        var name = new StringBuilder();
        foreach (var rune in (title ?? "").EnumerateRunes())
        {
            var unfit =
                Rune.IsControl(rune)
                || Rune.GetUnicodeCategory(rune)
                    is System.Globalization.UnicodeCategory.Format
                        or System.Globalization.UnicodeCategory.LineSeparator
                        or System.Globalization.UnicodeCategory.ParagraphSeparator
                        or System.Globalization.UnicodeCategory.PrivateUse
                        or System.Globalization.UnicodeCategory.OtherNotAssigned
                || (rune.IsAscii && "\\/:*?\"<>|%;".Contains((char)rune.Value, StringComparison.Ordinal));
            if (!unfit)
                name.Append(rune);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
            if (name.Length >= LongestName)
                break;
        }
        var clean = name.ToString().Trim(' ', '.', '-');
        if (clean.Length == 0)
            clean = "document";
        var has = Path.GetExtension(clean);
        var ending = Shown.GetValueOrDefault(contentType) ?? Endings.GetValueOrDefault(contentType);
        if (ending is null)
            return Harmless.Contains(has) ? clean : clean + ".bin";
        var fits =
            has.Equals(ending, StringComparison.OrdinalIgnoreCase) || AlsoCalled.GetValueOrDefault(has) == ending;
        return fits ? clean : clean + ending;
    }
}

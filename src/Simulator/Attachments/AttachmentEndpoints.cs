using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.Receiving;
using Rms.Simulator.State;

namespace Rms.Simulator.Attachments;

/// <summary>The addresses that messages name: the letter of a referral, and the documents beside it.</summary>
internal static class AttachmentEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/fhir/ServiceRequest/{referral}/$letter", Letter);
        app.MapGet("/fhir/ServiceRequest/{referral}/%24letter", Letter);
        app.MapGet("/fhir/DocumentReference/{id}/$binary", Document);
        app.MapGet("/fhir/DocumentReference/{id}/%24binary", Document);
    }

    private static async Task Letter(HttpContext context, string referral, Store store)
    {
        if (await Admit(context, store.Find(referral)) is { } found)
        {
            var listing = Listing.Find(found.Listing)!;
            var bytes = Papers.Letter(found.Ref, listing, found.Draft);
            await Write(context, bytes, "application/pdf", $"{found.Draft.Patient.FullName}.pdf");
        }
    }

    private static async Task Document(HttpContext context, string id, Store store)
    {
        var holder = store.Referrals.FirstOrDefault(r => r.Draft.Documents.Any(d => d.Id == id));
        if (await Admit(context, holder) is { } found)
        {
            var document = found.Draft.Documents.First(d => d.Id == id);
            var bytes = Papers.Document(document, found.Ref, found.Draft);
            await Write(context, bytes, document.ContentType, document.Title);
        }
    }

    /// <summary>The referral, when the request may see it; otherwise the request has been answered.</summary>
    private static async Task<Referral?> Admit(HttpContext context, Referral? referral)
    {
        var failures = context.RequestServices.GetRequiredService<Failures>();
        if (failures.Take(FailurePlace.Documents) is { } order && !await FailureAct.Before(context, order))
        {
            return null;
        }

        var version = context.RequestServices.GetRequiredService<TokenOffice>().Bearer(context.Request);
        if (version is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Refuse(context, 401, "login", "A token that holds is needed.");
            return null;
        }

        if (referral is null || GuideVersion.Find(referral.Version) != version)
        {
            await Refuse(context, 404, "not-found", "Unknown document.");
            return null;
        }

        return referral;
    }

    private static Task<byte[]> Refuse(HttpContext context, int status, string code, string text) =>
        FailureAct.Write(context, status, FailureAct.Outcome([new Finding("error", code, "Bundle", text)]));

    private static async Task Write(HttpContext context, byte[] bytes, string contentType, string name)
    {
        var disposition = new Microsoft.Net.Http.Headers.ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(name);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.ContentDisposition = disposition.ToString();
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}

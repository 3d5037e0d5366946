using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;
using MediatR;
using Rms.Core;
using Rms.Directories;

namespace Rms.Web.Fhir;

/// <summary>
/// POST /oauth2/token: OAuth2 client credentials (RFC 6749, 4.4). The client shows itself by Basic or in the form;
/// grant_type stands in the form or, as Ocean sends it, in the query.
/// </summary>
internal sealed class TokenEndpoint(IMediator mediator, Doors doors)
{
    private const int LongestForm = 16 * 1024;

    public async Task Run(HttpContext context)
    {
        // RFC 6749, 5.1: neither tokens nor refusals are for keeping.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        if (!doors.Open(context))
        {
            await Refuse(context, 429, "temporarily_unavailable", "Too many requests; wait as Retry-After says.");
            return;
        }
        var form = await Form(context);
        if (form is null)
        {
            await Refuse(context, 400, "invalid_request", "Send application/x-www-form-urlencoded.");
            return;
        }
        var grant = form["grant_type"].FirstOrDefault() ?? context.Request.Query["grant_type"].FirstOrDefault();
        if (grant is null)
        {
            await Refuse(context, 400, "invalid_request", "grant_type is missing.");
            return;
        }
        if (grant != "client_credentials")
        {
            await Refuse(context, 400, "unsupported_grant_type", "Only client_credentials is supported.");
            return;
        }
        var (client, secret, basic) = Credentials(context, form);
        if (client is null || secret is null || client.Any(char.IsControl))
        {
            await RefuseClient(context, basic, "Send client_id and client_secret, by Basic or in the form.");
            return;
        }
        var issued = await mediator.Send(new IssueToken(client, new Secret(secret)), context.RequestAborted);
        if (issued is null)
        {
            await RefuseClient(
                context,
                basic,
                "The client is unknown, its secret is wrong, or it is locked for a while."
            );
            return;
        }
        await context.Response.WriteAsJsonAsync(
            new Granted(issued.Token.Value, "Bearer", (int)issued.ExpiresIn.TotalSeconds),
            context.RequestAborted
        );
    }

    /// <summary>The form; empty when there is no body; null when the body is something else.</summary>
    private static async Task<IFormCollection?> Form(HttpContext context)
    {
        if (context.Request.ContentLength is null or 0 && !context.Request.HasFormContentType)
            return FormCollection.Empty;
        if (!context.Request.HasFormContentType || context.Request.ContentLength > LongestForm)
            return null;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static (string? Client, string? Secret, bool Basic) Credentials(HttpContext context, IFormCollection form)
    {
        if (
            AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
            && header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        )
        {
            var bytes = new byte[header.Parameter?.Length ?? 0];
            if (!Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length))
                return (null, null, true);
            var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
            // RFC 6749, 2.3.1: each part is form-encoded.
            return parts.Length == 2
                ? (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), true)
                : (null, null, true);
        }
        return (form["client_id"].FirstOrDefault(), form["client_secret"].FirstOrDefault(), false);
    }

    private static Task RefuseClient(HttpContext context, bool basic, string text)
    {
        if (basic)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"rms\", charset=\"UTF-8\"";
        return Refuse(context, 401, "invalid_client", text);
    }

    private static Task Refuse(HttpContext context, int status, string error, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Refused(error, text), context.RequestAborted);
    }

    private sealed record Granted(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresIn
    );

    private sealed record Refused(
        [property: JsonPropertyName("error")] string Error,
        [property: JsonPropertyName("error_description")] string Description
    );
}

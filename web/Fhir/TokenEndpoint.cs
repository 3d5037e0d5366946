using System.Text.Json.Serialization;
using MediatR;
using Rms.Core;
using Rms.Directories;

namespace Rms.Web.Fhir;

/// <summary>
/// POST /oauth2/token: OAuth2 client credentials (RFC 6749, 4.4), and POST /oauth2/revoke (RFC 7009). The client shows
/// itself by Basic or in the form; grant_type stands in the form or, as Ocean sends it, in the query.
/// </summary>
internal sealed class TokenEndpoint(IMediator mediator, Doors doors)
{
    private const int LongestForm = 16 * 1024;

    public async Task Issue(HttpContext context)
    {
        if (await Open(context) is not { } form || await Client(context, form, "grant_type") is not { } client)
            return;
        var issued = await mediator.Send(new IssueToken(client.Id, client.Secret), context.RequestAborted);
        if (issued is null)
        {
            await RefuseClient(context, UnknownClient);
            return;
        }
        await context.Response.WriteAsJsonAsync(
            new Granted(issued.Token.Value, "Bearer", (int)issued.ExpiresIn.TotalSeconds),
            context.RequestAborted
        );
    }

    public async Task Revoke(HttpContext context)
    {
        if (await Open(context) is not { } form || await Client(context, form, "token") is not { } client)
            return;
        var token = new Secret(form["token"].ToString());
        if (!await mediator.Send(new TakeBackToken(client.Id, client.Secret, token), context.RequestAborted))
            await RefuseClient(context, UnknownClient);
    }

    private const string UnknownClient =
        "The client is unknown, its secret is wrong, it is locked for a while, or it may not use OAuth2.";

    /// <summary>What was posted; null when the request was answered.</summary>
    private async Task<IFormCollection?> Open(HttpContext context)
    {
        // RFC 6749, 5.1: neither tokens nor refusals are for keeping.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        if (!doors.Open(context))
        {
            await Refuse(context, 429, "temporarily_unavailable", "Too many requests; wait as Retry-After says.");
            return null;
        }
        var form = await Form(context);
        if (form is null)
            await Refuse(context, 400, "invalid_request", "Send application/x-www-form-urlencoded.");
        return form;
    }

    /// <summary>
    /// Who asks, when what they ask is well-formed: no parameter twice (RFC 6749, 3.2), one manner of showing oneself
    /// (2.3). Null when the request was answered.
    /// </summary>
    private static async Task<ClientSecret?> Client(HttpContext context, IFormCollection form, string needed)
    {
        var query = context.Request.Query;
        var grants = form["grant_type"].Concat(query["grant_type"]).Where(g => !string.IsNullOrEmpty(g)).ToList();
        var basic = BasicHeader.IsIn(context);
        if (form.Any(field => field.Value.Count > 1) || grants.Count > 1)
        {
            await Refuse(context, 400, "invalid_request", "A parameter was sent more than once.");
            return null;
        }
        if (basic && form["client_secret"].Count > 0)
        {
            await Refuse(context, 400, "invalid_request", "Send the secret by Basic or in the form, not both.");
            return null;
        }
        if (needed == "grant_type" ? grants.Count == 0 : string.IsNullOrEmpty(form[needed]))
        {
            await Refuse(context, 400, "invalid_request", $"{needed} is missing.");
            return null;
        }
        if (needed == "grant_type" && grants[0] != "client_credentials")
        {
            await Refuse(context, 400, "unsupported_grant_type", "Only client_credentials is supported.");
            return null;
        }
        // RFC 6749, 2.3.1: in the header each part is form-encoded.
        var client = basic
            ? BasicHeader.Read(context) is { } header
                ? new ClientSecret(Uri.UnescapeDataString(header.Name), new(Uri.UnescapeDataString(header.Secret)))
                : null
            : form["client_id"] is [{ Length: > 0 } id] && form["client_secret"] is [{ } secret]
                ? new ClientSecret(id, new(secret))
                : null;
        if (client is null || client.Id.Any(char.IsControl))
        {
            await RefuseClient(context, "Send client_id and client_secret, by Basic or in the form.");
            return null;
        }
        return client;
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

    private static Task RefuseClient(HttpContext context, string text)
    {
        if (BasicHeader.IsIn(context))
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"rms\", charset=\"UTF-8\"";
        return Refuse(context, 401, "invalid_client", text);
    }

    private static Task Refuse(HttpContext context, int status, string error, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Refused(error, text), context.RequestAborted);
    }

    private sealed record ClientSecret(string Id, Secret Secret);

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

using System.Text;
using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Receiving;

/// <summary>POST /oauth2/token: RFC 6749 client credentials, by Basic or in the form, grant_type in form or query.</summary>
internal static class TokenEndpoint
{
    public static async Task Answer(HttpContext context, TokenOffice office, Failures failures)
    {
        if (failures.Take(FailurePlace.Tokens) is { } order && !await FailureAct.Before(context, order))
        {
            return;
        }

        var request = context.Request;
        context.Response.Headers.CacheControl = "no-store";
        var form = request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : null;
        var grant = form?["grant_type"].FirstOrDefault() ?? request.Query["grant_type"].FirstOrDefault();
        if (grant is null)
        {
            await Refuse(context, 400, "invalid_request", "grant_type is missing.");
            return;
        }

        if (grant != "client_credentials")
        {
            await Refuse(context, 400, "unsupported_grant_type", "Only client_credentials is given out here.");
            return;
        }

        var basic = Basic(request.Headers.Authorization.ToString());
        var formId = form?["client_id"].FirstOrDefault();
        if (basic is not null && form?["client_secret"].FirstOrDefault() is not null)
        {
            await Refuse(context, 400, "invalid_request", "Credentials came twice: by Basic and in the form.");
            return;
        }

        var version = office.Recognise(basic?.Id ?? formId, basic?.Secret ?? form?["client_secret"].FirstOrDefault());
        if (version is null)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"source simulator\"";
            await Refuse(context, 401, "invalid_client", "No such connection, or another secret.");
            return;
        }

        var (token, seconds) = office.Give(version);
        await Write(
            context,
            200,
            Json.Object(("access_token", token), ("token_type", "Bearer"), ("expires_in", seconds))
        );
    }

    private static Task Refuse(HttpContext context, int status, string error, string text) =>
        Write(context, status, Json.Object(("error", error), ("error_description", text)));

    private static Task Write(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Json.Bytes(body), context.RequestAborted).AsTask();
    }

    /// <summary>Id and secret of a Basic header, both form-encoded as RFC 6749 section 2.3.1 wants.</summary>
    private static (string Id, string Secret)? Basic(string header)
    {
        const string Scheme = "Basic ";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), buffer, out var length))
        {
            return ("", "");
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (pair, "")
            : (Uri.UnescapeDataString(pair[..colon]), Uri.UnescapeDataString(pair[(colon + 1)..]));
    }
}

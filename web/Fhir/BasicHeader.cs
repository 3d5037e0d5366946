using System.Net.Http.Headers;
using System.Text;

namespace Rms.Web.Fhir;

/// <summary>A name and secret in Authorization: Basic (RFC 7617), as they stand there.</summary>
internal sealed record BasicHeader(string Name, string Secret)
{
    private const int Longest = 4096;

    /// <summary>Whether Authorization is of this scheme, well-formed or not.</summary>
    public static bool IsIn(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
        && header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when it is missing, not base64, holds no colon, or a name that no credential has.</summary>
    public static BasicHeader? Read(HttpContext context)
    {
        if (
            !IsIn(context)
            || AuthenticationHeaderValue.Parse(context.Request.Headers.Authorization!).Parameter
                is not { Length: > 0 and < Longest } text
        )
            return null;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            return null;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return parts.Length == 2 && !parts[0].Any(char.IsControl) ? new BasicHeader(parts[0], parts[1]) : null;
    }
}

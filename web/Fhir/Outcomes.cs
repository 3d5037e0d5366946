using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;

namespace Rms.Web.Fhir;

/// <summary>The one place where an expected failure becomes an OperationOutcome.</summary>
internal static class Outcomes
{
    public const string MediaType = "application/fhir+json";

    /// <summary>FHIR's issue type and a sentence for each code; English, as integrators expect.</summary>
    private static readonly Dictionary<string, (string Type, string Text)> Words = new(StringComparer.Ordinal)
    {
        ["sender.unknown"] = (
            IssueTypeCodes.Login,
            "Show who you are in the manner that was agreed with you: a Bearer token from /oauth2/token, client id and "
                + "secret by HTTP Basic, or an API key in X-API-Key."
        ),
        ["sender.forbidden"] = (IssueTypeCodes.Forbidden, "This connection may not send messages."),
        ["media-type"] = (
            IssueTypeCodes.NotSupported,
            "Send application/fhir+json (or application/json) in UTF-8, without content encoding."
        ),
        ["too-large"] = (IssueTypeCodes.TooLong, "The message is larger than 72 MB."),
        ["too-many"] = (IssueTypeCodes.Throttled, "Too many requests; wait as Retry-After says."),
        ["message.id-reused"] = (
            IssueTypeCodes.Conflict,
            "A message with this id was taken in before, with another content. Give a new message a new MessageHeader.id."
        ),
        ["revoke.not-yours"] = (
            IssueTypeCodes.Forbidden,
            "This referral came from another source; only that one may revoke it."
        ),
        ["bad-request"] = (IssueTypeCodes.Structure, "The request is not valid HTTP."),
        ["method"] = (IssueTypeCodes.NotSupported, "This address takes another method; see Allow."),
        ["not-found"] = (IssueTypeCodes.NotFound, "There is nothing at this address."),
        ["busy"] = (
            IssueTypeCodes.Transient,
            "It is not known whether this was stored. Send it again: the same message is taken in once."
        ),
        ["internal"] = (
            IssueTypeCodes.Exception,
            "Something went wrong here. Send it again later (the same message is taken in once), or report it."
        ),
    };

    /// <summary>The OperationOutcome of a problem: its own issues with their paths, else the sentence of its code.</summary>
    public static byte[] Of(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var outcome = new OperationOutcome();
        foreach (var issue in problem.Issues)
        {
            var entry = new OperationOutcomeIssue
            {
                Severity = issue.Severity,
                Code = issue.Code,
                Details = new CodeableConcept { Text = issue.Text },
            };
            // What is wrong with the whole is wrong with the Bundle that it should be.
            entry.Expression.Add(issue.Expression.Length > 0 ? issue.Expression : "Bundle");
            outcome.Issue.Add(entry);
        }
        if (outcome.Issue.Count == 0)
        {
            var (type, text) = Words.GetValueOrDefault(problem.Code, Words["internal"]);
            outcome.Issue.Add(
                new OperationOutcomeIssue
                {
                    Severity = IssueSeverityCodes.Error,
                    Code = type,
                    Details = new CodeableConcept { Text = text },
                }
            );
        }
        return FhirWriter.Write(outcome);
    }

    /// <summary>Sends an OperationOutcome.</summary>
    public static Task Send(HttpContext context, Problem problem) => Send(context, problem.Status, Of(problem));

    /// <summary>Sends FHIR JSON.</summary>
    public static async Task Send(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

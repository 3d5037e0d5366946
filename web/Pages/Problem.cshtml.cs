using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;
using Rms.Web.Pages.Wording;
using Rms.Web.Startup;

namespace Rms.Web.Pages;

/// <summary>The page for every refusal and failure: what is wrong in words and what to do next, never an exception's text.</summary>
[IgnoreAntiforgeryToken]
public sealed class ProblemModel(Words words, Frame frame) : PageModel
{
    /// <summary>What is wrong, in a few words.</summary>
    public string Heading { get; private set; } = "";

    /// <summary>What it means and what to do.</summary>
    public string Explanation { get; private set; } = "";

    /// <summary>A number to quote to the administrator; null when there is nothing to look into.</summary>
    public string? Trace { get; private set; }

    /// <summary>Whether it is our own failure.</summary>
    public bool IsFault { get; private set; }

    /// <summary>Shows it, whatever the method of the request that went wrong.</summary>
    public void OnGet(int status) => Show(status);

    /// <inheritdoc cref="OnGet" />
    public void OnPost(int status) => Show(status);

    private void Show(int status)
    {
        Problem? problem = HttpContext.Features.Get<IExceptionHandlerFeature>() is { } caught
            ? Faults.Name(caught.Error)
            : null;
        status = problem?.Status ?? (status is >= 400 and < 600 ? status : StatusCodes.Status404NotFound);
        IsFault = status >= 500;
        string kind = status switch
        {
            400 => "400",
            403 => "403",
            404 or 405 => "404",
            413 => "413",
            429 => "429",
            503 => "503",
            >= 500 => "500",
            _ => "other",
        };
        Heading = words[$"Status.{kind}.heading"];
        Explanation =
            problem is not null && words.Knows("Problem", problem.Code)
                ? words.Problem(problem)
                : words[$"Status.{kind}.text"];
        Trace = IsFault ? HttpContext.TraceIdentifier : null;
        frame.Title = Heading;
        Response.StatusCode = status;
    }
}

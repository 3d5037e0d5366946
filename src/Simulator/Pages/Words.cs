using System.Globalization;
using Rms.Simulator.State;

namespace Rms.Simulator.Pages;

/// <summary>How the pages say things.</summary>
internal static class Words
{
    public static string Moment(DateTimeOffset at) =>
        OntarioTime.Local(at).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Style of an outcome: good, bad or calm.</summary>
    public static string Tone(Message message) =>
        message.Outcome switch
        {
            Outcomes.Accepted => message.Findings.Any(f => f.Severity == "warning") ? "mind" : "good",
            Outcomes.Waiting => "calm",
            Outcomes.FailedOnPurpose => "mind",
            _ => "bad",
        };

    /// <summary>Style of a folder.</summary>
    public static string FolderTone(string folder) =>
        folder switch
        {
            Folder.NotSent => "bad",
            Folder.Confirmed or Folder.Completed => "good",
            Folder.Declined or Folder.Cancelled => "mind",
            _ => "calm",
        };

    public static string Outcome(Message message) =>
        message.Status is { } status ? $"{message.Outcome} ({status})" : message.Outcome;

    /// <summary>An order to fail, in a sentence.</summary>
    public static string Order(FailureOrder order)
    {
        var which = order.Remaining switch
        {
            null => "All requests",
            1 => "The next request",
            var many => $"The next {many} requests",
        };
        var seconds =
            order.Kind == FailureKind.Slow || order.Kind == FailureKind.TooMany || order.Kind == FailureKind.Unavailable
                ? $" ({order.Seconds} s)"
                : "";
        return $"{which} at {order.Place}: {order.Kind.Name}{seconds}.";
    }
}

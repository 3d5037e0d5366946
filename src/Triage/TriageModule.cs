using System.Reflection;

namespace Rms.Triage;

/// <summary>Worklists and decisions.</summary>
public static class TriageModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(TriageModule).Assembly;
}

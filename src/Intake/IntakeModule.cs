using System.Reflection;

namespace Rms.Intake;

/// <summary>Takes in what sources send, without loss.</summary>
public static class IntakeModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(IntakeModule).Assembly;
}

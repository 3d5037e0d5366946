using System.Reflection;

namespace Rms.Scheduling;

/// <summary>Appointments and wait times. It owns no data yet: the lifecycle already knows its steps.</summary>
public static class SchedulingModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(SchedulingModule).Assembly;
}

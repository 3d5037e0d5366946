using System.Reflection;

namespace Rms.Revocation;

/// <summary>Forgetting a referral, and proving it. It owns no data yet: each referral's key already stands alone, ready to be destroyed.</summary>
public static class RevocationModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(RevocationModule).Assembly;
}

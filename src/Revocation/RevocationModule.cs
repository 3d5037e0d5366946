using System.Reflection;

namespace Rms.Revocation;

/// <summary>Forgets a referral whose patient withdrew consent. It owns no data: the tombstone is the referral itself.</summary>
public static class RevocationModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(RevocationModule).Assembly;
}

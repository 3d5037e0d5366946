namespace Rms.Web.Pages;

/// <summary>The marks that stand beside a referral's state.</summary>
public sealed record Marks(bool IsTest, bool IsHeld, bool IsSelfReferral);

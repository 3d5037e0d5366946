using Microsoft.AspNetCore.Identity;

namespace Rms.Core;

/// <summary>A member of staff.</summary>
public sealed class Person : IdentityUser<Guid>
{
    /// <summary>The name that colleagues see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>en or fr; null: the browser's.</summary>
    public string? Language { get; set; }
}

/// <summary>A role of a person at a site.</summary>
public sealed class Membership
{
    /// <summary>The person.</summary>
    public Guid PersonId { get; init; }

    /// <summary>The site.</summary>
    public Guid SiteId { get; init; }

    /// <summary>The role.</summary>
    public Role Role { get; init; }
}

/// <summary>A key of ASP.NET Core's Data Protection, its XML sealed.</summary>
public sealed class DataProtectionKey
{
    /// <summary>Our id.</summary>
    public Guid Id { get; init; }

    /// <summary>The framework's name of it.</summary>
    public string FriendlyName { get; init; } = "";

    /// <summary>The key's XML, its secret encrypted.</summary>
    public string Xml { get; init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

namespace Rms.Core;

/// <summary>What a person does at a site.</summary>
public enum Role
{
    /// <summary>Works the queues: accepts, declines, asks, forwards.</summary>
    IntakeCoordinator,

    /// <summary>Books appointments.</summary>
    Scheduler,

    /// <summary>Configures sites, listings and connections.</summary>
    Administrator,

    /// <summary>Watches over privacy: audit and revocation.</summary>
    PrivacyOfficer,
}

/// <summary>What sort of party acts.</summary>
public enum ActorKind
{
    /// <summary>A member of staff.</summary>
    Person,

    /// <summary>Another system, over its connection.</summary>
    Connection,

    /// <summary>This system itself.</summary>
    System,
}

/// <summary>Who is acting, in the present scope. Use cases ask it what it may do, and history and audit name it.</summary>
public sealed class Actor
{
    private HashSet<(Guid Site, Role Role)> _roles = [];

    /// <summary>What sort of party acts; the system itself until somebody is known.</summary>
    public ActorKind Kind { get; private set; } = ActorKind.System;

    /// <summary>The person's or connection's id; null for the system.</summary>
    public Guid? Id { get; private set; }

    /// <summary>The sites at which the person has any role.</summary>
    public IReadOnlyList<Guid> Sites { get; private set; } = [];

    /// <summary>A member of staff acts, with these roles.</summary>
    public void BecomePerson(Guid id, IEnumerable<(Guid Site, Role Role)> roles)
    {
        (Kind, Id, _roles) = (ActorKind.Person, id, [.. roles]);
        Sites = [.. _roles.Select(r => r.Site).Distinct()];
    }

    /// <summary>The same party acts in another scope.</summary>
    public void Become(Actor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Kind, Id, Sites, _roles) = (other.Kind, other.Id, other.Sites, other._roles);
    }

    /// <summary>Another system acts, over its connection.</summary>
    public void BecomeConnection(Guid id) => (Kind, Id) = (ActorKind.Connection, id);

    /// <summary>Whether the actor has one of the roles at the site.</summary>
    public bool Has(Guid site, params ReadOnlySpan<Role> any)
    {
        foreach (var role in any)
        {
            if (_roles.Contains((site, role)))
                return true;
        }
        return false;
    }

    /// <summary>Refuses (403) an actor who has none of the roles at the site; 404 when it is not of their sites.</summary>
    public void Require(Guid site, params ReadOnlySpan<Role> any)
    {
        if (!Sites.Contains(site))
            throw Problem.NotFound();
        if (!Has(site, any))
            throw Problem.Forbidden();
    }
}

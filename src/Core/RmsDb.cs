using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;

namespace Rms.Core;

/// <summary>
/// The one database. Each module maps its own internal entities (<c>Tables.cs</c>); they are found in the assemblies
/// that <see cref="ModuleAssemblies"/> names. Names are singular snake_case; the schema itself comes from migrations/.
/// </summary>
public sealed class RmsDb : IdentityUserContext<Person, Guid>
{
    /// <summary>Made by the container.</summary>
    public RmsDb(DbContextOptions<RmsDb> options)
        : base(options)
    {
        // Where a save fails its whole transaction goes: a savepoint would only cost two round trips.
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>Referrals.</summary>
    public DbSet<Referral> Referrals => Set<Referral>();

    /// <summary>Their steps.</summary>
    public DbSet<ReferralStep> Steps => Set<ReferralStep>();

    /// <summary>Who the patients are, sealed, with search tokens.</summary>
    public DbSet<Demographics> Demographics => Set<Demographics>();

    /// <summary>Messages that arrived.</summary>
    public DbSet<Message> Messages => Set<Message>();

    /// <summary>Messages to send.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <summary>Wrapped keys.</summary>
    public DbSet<DataKeyRow> DataKeys => Set<DataKeyRow>();

    /// <summary>Who saw or changed what.</summary>
    public DbSet<AuditRow> Audit => Set<AuditRow>();

    /// <summary>Roles of people at sites.</summary>
    public DbSet<Membership> Memberships => Set<Membership>();

    /// <summary>Data Protection's keys.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <inheritdoc />
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.OnModelCreating(builder);
        builder.Entity<Person>(person =>
        {
            person.ToTable("person", "people");
            person.Property(p => p.UserName).IsRequired();
            person.Property(p => p.NormalizedUserName).IsRequired();
            person.Property(p => p.Email).IsRequired();
            person.Property(p => p.NormalizedEmail).IsRequired();
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("person_claim", "people");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("person_login", "people");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("person_token", "people");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("person_passkey", "people");

        foreach (var assembly in Modules().Assemblies)
            builder.ApplyConfigurationsFromAssembly(assembly);

        foreach (var entity in builder.Model.GetEntityTypes())
        {
            // The owned type of a passkey is one JSON column.
            if (entity.IsMappedToJson())
            {
                entity.SetContainerColumnName("data");
                continue;
            }
            foreach (var property in entity.GetProperties())
            {
                // Identity bounds some of its texts; the schema bounds none.
                property.SetMaxLength(null);
                if (property.GetColumnName() == property.Name)
                    property.SetColumnName(SnakeCase(property.Name));
            }
        }
    }

    private ModuleAssemblies Modules() =>
        this.GetService<IDbContextOptions>()
            .FindExtension<CoreOptionsExtension>()
            ?.ApplicationServiceProvider?.GetService(typeof(ModuleAssemblies)) as ModuleAssemblies
        ?? throw new InvalidOperationException("RmsDb needs ModuleAssemblies among the services.");

    private static string SnakeCase(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }
}

/// <summary>The assemblies of Core and of the modules: where tables, handlers and validators are found.</summary>
/// <param name="Assemblies">Core first.</param>
public sealed record ModuleAssemblies(IReadOnlyList<Assembly> Assemblies);

using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Rms.Core;

namespace Rms.Web.Security;

/// <summary>The demonstration's staff: one person a role, all with one published password. Closed outside the demo.</summary>
internal sealed class DemoPeople(UserManager<Person> people, RmsDb db, TimeProvider clock)
{
    public const string Password = "Demo-2026-referrals!";

    public static IReadOnlyList<(string Email, string Name, Role Role)> All { get; } =
    [
        ("coordinator@demo.example", "Mira Okafor", Role.IntakeCoordinator),
        ("scheduler@demo.example", "Julien Roy", Role.Scheduler),
        ("admin@demo.example", "Priya Raman", Role.Administrator),
        ("privacy@demo.example", "Anne Lévesque", Role.PrivacyOfficer),
    ];

    public async Task SetUp(Guid site, CancellationToken stop)
    {
        foreach (var (email, name, role) in All)
        {
            var person = await people.FindByEmailAsync(email);
            if (person is null)
            {
                person = new Person
                {
                    Id = Ids.New(clock),
                    UserName = email,
                    Email = email,
                    EmailConfirmed = true,
                    DisplayName = name,
                };
                var created = await people.CreateAsync(person, Password);
                if (!created.Succeeded)
                    throw new InvalidOperationException("A demo account was refused: " + created);
            }
            else
            {
                await people.SetLockoutEndDateAsync(person, null);
            }
            if (
                !await db.Memberships.AnyAsync(m => m.PersonId == person.Id && m.SiteId == site && m.Role == role, stop)
            )
            {
                db.Memberships.Add(
                    new Membership
                    {
                        PersonId = person.Id,
                        SiteId = site,
                        Role = role,
                    }
                );
                await db.SaveChangesAsync(stop);
            }
        }
    }

    /// <summary>Locks the demo accounts: their password is public.</summary>
    public async Task Close(CancellationToken stop)
    {
        foreach (var (email, _, _) in All)
        {
            stop.ThrowIfCancellationRequested();
            if (await people.FindByEmailAsync(email) is { } person)
            {
                await people.SetLockoutEndDateAsync(person, DateTimeOffset.MaxValue);
                await people.UpdateSecurityStampAsync(person);
            }
        }
    }
}

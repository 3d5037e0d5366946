using Rms.Simulator;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.Sending;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class ContentTests
{
    [Fact]
    public void The_seeded_set_is_the_same_every_time_and_grows_at_its_end()
    {
        var first = Seeder.Plan(36, Sample.Now).ToList();
        var again = Seeder.Plan(36, Sample.Now).ToList();

        again
            .Select(p => (p.Referral, p.Order, p.Draft.Patient))
            .ShouldBe(first.Select(p => (p.Referral, p.Order, p.Draft.Patient)));
        first.Select(p => p.Referral).Distinct().Count().ShouldBe(36);
    }

    [Fact]
    public void The_seeded_set_holds_every_listing_scenario_and_version()
    {
        var plan = Seeder.Plan(36, Sample.Now).ToList();

        plan.Select(p => p.Order.Listing).Distinct().Count().ShouldBe(4);
        plan.Select(p => p.Order.Scenario).Distinct().Count().ShouldBe(Scenario.All.Count);
        plan.Count(p => p.Order.Version == GuideVersion.V010).ShouldBe(18);
        plan.Select(p => p.Draft.Priority).Distinct().Count().ShouldBeGreaterThan(2);
        plan.ShouldAllBe(p => p.Draft.AuthoredOn < Sample.Now && p.Draft.AuthoredOn > Sample.Now.AddDays(-4));
    }

    [Fact]
    public void Health_numbers_have_ten_digits_and_their_check_digit()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var number = Sample.Draft(seed: seed).Patient.HealthNumber!;
            var sum = number
                .Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 2 : 1))
                .Sum(weighed => weighed > 9 ? weighed - 9 : weighed);

            number.Length.ShouldBe(10);
            (sum % 10).ShouldBe(0, number);
        }
    }

    [Fact]
    public void There_are_some_eighty_names_each_with_both_parts()
    {
        Names.Ordinary.Count.ShouldBeGreaterThan(75);
        Names.Ordinary.ShouldAllBe(n => n.Given.Length > 1 && n.Family.Length > 1);
        Names.Ordinary.Select(n => n.Family).Distinct().Count().ShouldBe(Names.Ordinary.Count);
    }

    [Fact]
    public void Settings_come_from_the_environment_and_the_argument_wins()
    {
        var environment = new Dictionary<string, string>
        {
            ["RMS_PORT"] = "6000",
            ["RMS_DATA"] = "/tmp/somewhere",
            ["RMS_SIMULATOR_SEED"] = "36",
        };

        var settings = Settings.From(environment.GetValueOrDefault, ["--seed", "4"]);

        settings.Port.ShouldBe(6001);
        settings.Target.ShouldBe("http://127.0.0.1:6000");
        settings.Self.ShouldBe("http://127.0.0.1:6001");
        settings.Folder.ShouldBe("/tmp/somewhere/simulator");
        settings.Seed.ShouldBe(4);
    }

    [Fact]
    public void Settings_that_cannot_be_used_are_all_named()
    {
        var environment = new Dictionary<string, string>
        {
            ["RMS_PORT"] = "many",
            ["RMS_SIMULATOR_TARGET"] = "ftp://target",
        };

        var fault = Should.Throw<SettingsException>(() => Settings.From(environment.GetValueOrDefault, ["--sed"]));

        fault.Message.ShouldContain("RMS_PORT");
        fault.Message.ShouldContain("RMS_SIMULATOR_TARGET");
        fault.Message.ShouldContain("--sed");
    }
}

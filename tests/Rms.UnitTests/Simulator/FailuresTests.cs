using Rms.Simulator.Api;
using Rms.Simulator.State;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class FailuresTests
{
    [Fact]
    public void An_order_strikes_as_often_as_it_says_and_only_where_it_says()
    {
        var failures = new Failures();
        failures.Give(new FailureOrder(FailureKind.ServerError, FailurePlace.Messages, 2, 0));

        failures.Take(FailurePlace.Documents).ShouldBeNull();
        failures.Take(FailurePlace.Messages).ShouldNotBeNull();
        failures.Take(FailurePlace.Messages).ShouldNotBeNull();
        failures.Take(FailurePlace.Messages).ShouldBeNull();
    }

    [Fact]
    public void An_order_without_a_number_strikes_until_it_is_taken_back()
    {
        var failures = new Failures { TokenSeconds = 5 };
        failures.Give(new FailureOrder(FailureKind.Drop, FailurePlace.Tokens, null, 0));

        Enumerable.Range(0, 50).ShouldAllBe(_ => failures.Take(FailurePlace.Tokens) != null);
        failures.Clear();
        failures.Take(FailurePlace.Tokens).ShouldBeNull();
        failures.TokenSeconds.ShouldBe(3600);
    }

    [Fact]
    public void An_order_that_makes_no_sense_names_all_that_is_wrong()
    {
        var faults = new List<string>();

        Orders.Fail("418", "kitchen", "0", 9000, faults).ShouldBeNull();

        faults.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("3", 3)]
    [InlineData("all", null)]
    public void A_count_is_a_number_or_all(string? count, int? remaining)
    {
        var faults = new List<string>();

        Orders.Fail("500", null, count, null, faults)!.Remaining.ShouldBe(remaining);

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void An_order_to_send_names_all_that_is_wrong()
    {
        var faults = new List<string>();

        Orders.Send("9", "9", "9", 51, "soon", "9", faults).ShouldBeNull();

        faults.Count.ShouldBe(6);
    }
}

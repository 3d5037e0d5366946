using Rms.Core.Messages;
using Shouldly;

namespace Rms.UnitTests.Core;

public sealed class SetbacksTests
{
    private static readonly Guid System = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private readonly StoppedClock _clock = new();
    private readonly Setbacks _setbacks;

    public SetbacksTests() => _setbacks = new Setbacks(_clock);

    [Fact]
    public void Each_failure_in_a_row_doubles_the_pause_up_to_half_a_minute()
    {
        List<int> pauses = [];
        for (var i = 0; i < 7; i++)
        {
            _setbacks.Failed(System);
            var seconds = 0;
            for (; _setbacks.LeftAlone().Length > 0; seconds++)
                _clock.Move(seconds: 1);
            pauses.Add(seconds);
        }

        pauses.ShouldBe([1, 2, 4, 8, 16, 30, 30]);
    }

    [Fact]
    public void What_was_under_way_when_a_system_failed_does_not_lengthen_its_pause()
    {
        for (var i = 0; i < 8; i++)
            _setbacks.Failed(System);

        _clock.Move(seconds: 1);
        _setbacks.LeftAlone().ShouldBeEmpty();
    }

    [Fact]
    public void A_system_is_in_doubt_until_an_attempt_reaches_it()
    {
        _setbacks.Failed(System);
        _clock.Move(seconds: 60);
        _setbacks.Doubtful().ShouldBe([System]);

        _setbacks.Worked(System);

        _setbacks.Doubtful().ShouldBeEmpty();
        _setbacks.LeftAlone().ShouldBeEmpty();
    }
}

using System.Security.Cryptography;
using System.Text;
using Rms.Core.Keys;
using Shouldly;

namespace Rms.UnitTests.Core;

public sealed class DataKeyTests
{
    private static readonly Guid Owner = Guid.Parse("0190b0a0-0000-7000-8000-000000000001");
    private readonly DataKey _key = new(Owner, RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("")]
    [InlineData("Tremblay")]
    [InlineData("病人")]
    public void What_was_sealed_can_be_opened(string text) =>
        _key.OpenText("note", _key.Seal("note", text)).ShouldBe(text);

    [Fact]
    public void A_long_text_is_packed_and_opens_to_the_same()
    {
        var text = string.Concat(Enumerable.Repeat("The patient reports palpitations. ", 500));

        var value = _key.Seal("note", text);

        value.Length.ShouldBeLessThan(text.Length / 5);
        _key.OpenText("note", value).ShouldBe(text);
    }

    [Fact]
    public void Long_noise_that_does_not_pack_opens_to_the_same()
    {
        var noise = RandomNumberGenerator.GetBytes(5000);

        _key.Open("file", _key.Seal("file", noise)).ShouldBe(noise);
    }

    [Fact]
    public void The_text_does_not_show_in_what_was_sealed()
    {
        var value = _key.Seal("note", "Tremblay, Maëlle");

        Encoding.UTF8.GetString(value).ShouldNotContain("Tremblay");
    }

    [Fact]
    public void A_value_can_not_be_moved_to_another_column() =>
        Should.Throw<CryptographicException>(() => _key.Open("reply", _key.Seal("body", "text")));

    [Fact]
    public void A_value_can_not_be_moved_to_another_referral()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        var other = Guid.Parse("0190b0a0-0000-7000-8000-000000000002");

        Should.Throw<CryptographicException>(() =>
            new DataKey(other, bytes).Open("body", new DataKey(Owner, bytes).Seal("body", "text"))
        );
    }

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        var value = _key.Seal("note", "Tremblay");
        for (var i = 0; i < value.Length; i++)
        {
            var changed = value.ToArray();
            changed[i] ^= 1;
            Should.Throw<CryptographicException>(() => _key.Open("note", changed), $"byte {i}");
        }
    }

    [Fact]
    public void Too_short_a_value_is_refused() =>
        Should.Throw<CryptographicException>(() => _key.Open("note", new byte[10]));
}

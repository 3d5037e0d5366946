using System.Net;
using System.Text.RegularExpressions;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Web;

public sealed partial class SignInTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Email = "coordinator@demo.example";
    private const string Right = "Demo-2026-referrals!";

    [Fact]
    public async Task The_right_password_is_taken_however_many_sign_in_at_once_after_a_wrong_one()
    {
        (await Attempt("a wrong one")).ShouldBe(HttpStatusCode.UnprocessableEntity);

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Attempt(Right)));

        answers.ShouldAllBe(a => a == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Wrong_guesses_made_at_once_are_all_counted()
    {
        HttpStatusCode[] answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Attempt("a wrong one", "scheduler@demo.example"))
        );

        answers.ShouldAllBe(a => a == HttpStatusCode.UnprocessableEntity);
        object?[] person = (
            await app.Database.Query(
                "select access_failed_count from people.person where email = 'scheduler@demo.example'"
            )
        )[0];
        person[0].ShouldBe(4);
    }

    private async Task<HttpStatusCode> Attempt(string password, string email = Email)
    {
        using HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = app.Address,
        };
        string page = await browser.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        using FormUrlEncodedContent form = new(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = Antiforgery().Match(page).Groups["value"].Value,
                ["Email"] = email,
                ["password"] = password,
            }
        );
        using HttpResponseMessage answer = await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        return answer.StatusCode;
    }

    [GeneratedRegex("__RequestVerificationToken\"[^>]*value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Antiforgery();
}

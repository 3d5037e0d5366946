using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.Receiving;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator.Api;

/// <summary>The page's controls for scripts and tests, as JSON. docs/simulator.md describes each call.</summary>
internal static class ApiEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api");
        api.MapGet("/state", State);
        api.MapPost("/send", Send);
        api.MapGet("/referrals", Referrals);
        api.MapGet("/referrals/{referral}", OneReferral);
        api.MapPost("/referrals/{referral}/update", Update);
        api.MapPost("/referrals/{referral}/correct", Correct);
        api.MapPost("/referrals/{referral}/write", Write);
        api.MapPost("/referrals/{referral}/revoke", Revoke);
        api.MapGet("/messages", Messages);
        api.MapGet("/messages/{id}", OneMessage);
        api.MapPost("/messages/{id}/resend", Resend);
        api.MapGet("/failures", (Failures failures) => Answer(Failing(failures)));
        api.MapPost("/failures", Fail);
        api.MapDelete("/failures", Heal);
        api.MapPost("/reset", Reset);
    }

    private static IResult State(
        Store store,
        Failures failures,
        TokenOffice office,
        TargetClient target,
        Settings settings
    ) =>
        Answer(
            Json.Object(
                ("target", settings.Target),
                ("self", settings.Self),
                ("targetLastAnswered", Moment(target.LastAnswer)),
                ("referrals", store.Referrals.Count),
                ("messages", store.Messages.Count),
                ("seeded", store.Seeded),
                ("tokensGiven", office.Given),
                ("tokensRefused", office.Refused),
                ("failures", Failing(failures))
            )
        );

    private static async Task<IResult> Send(HttpRequest request, Desk desk, Store store, CancellationToken stop)
    {
        var faults = new List<string>();
        var body = await Body(request, faults);
        var order = Orders.Send(
            Text(body, "version"),
            Text(body, "listing"),
            Text(body, "scenario"),
            Number(body, "count", faults),
            Text(body, "priority"),
            Text(body, "fault"),
            faults
        );
        return order is null
            ? Refuse(faults)
            : Answer(Json.Object(("messages", List((await desk.Send(order, stop)).Select(m => Describe(m, store))))));
    }

    private static IResult Referrals(Store store, string? version, string? shows) =>
        Answer(
            Json.Object(
                (
                    "referrals",
                    List(
                        store
                            .Referrals.Where(r => version is null || r.Version == GuideVersion.Find(version)?.Name)
                            .Where(r => shows is null || r.Shows == shows)
                            .Select(r => Describe(r, store))
                    )
                )
            )
        );

    private static IResult OneReferral(Store store, string referral) =>
        store.Find(referral) is { } found ? Answer(Describe(found, store)) : Unknown();

    private static async Task<IResult> Update(
        HttpRequest request,
        Desk desk,
        Store store,
        string referral,
        CancellationToken stop
    )
    {
        var faults = new List<string>();
        var change = Orders.Update(Text(await Body(request, faults), "change"), faults);
        return faults.Count > 0 ? Refuse(faults) : Sent(await desk.Say(referral, change!, stop), store);
    }

    private static async Task<IResult> Write(
        HttpRequest request,
        Desk desk,
        Store store,
        string referral,
        CancellationToken stop
    )
    {
        var faults = new List<string>();
        var written = Orders.Write(Text(await Body(request, faults), "text"), faults);
        return faults.Count > 0 ? Refuse(faults) : Sent(await desk.Say(referral, written!, stop), store);
    }

    private static async Task<IResult> Correct(Desk desk, Store store, string referral, CancellationToken stop) =>
        Sent(await desk.Say(referral, Change.Demographics, stop), store);

    private static async Task<IResult> Revoke(Desk desk, Store store, string referral, CancellationToken stop) =>
        Sent(await desk.Say(referral, FollowUp.Revocation, stop), store);

    private static IResult Messages(Store store, string? direction, string? @ref, string? @event, int? after) =>
        Answer(
            Json.Object(
                (
                    "messages",
                    List(
                        store
                            .Messages.Where(m => direction is null || m.Direction == direction)
                            .Where(m => @ref is null || m.Ref == @ref)
                            .Where(m => @event is null || m.Event == @event)
                            .Where(m => m.Number > (after ?? 0))
                            .Select(m => Describe(m, store))
                    )
                )
            )
        );

    private static IResult OneMessage(Store store, string id)
    {
        if (Find(store, id) is not { } message)
        {
            return Unknown();
        }

        var described = Describe(message, store);
        Attach(described, "body", store.Body(message.Number));
        Attach(described, "reply", store.Reply(message.Number));
        return Answer(described);
    }

    private static async Task<IResult> Resend(Desk desk, Store store, string id, CancellationToken stop) =>
        Sent(Find(store, id) is { } message ? await desk.SendAgain(message.Number, stop) : null, store);

    private static async Task<IResult> Fail(HttpRequest request, Failures failures)
    {
        var faults = new List<string>();
        var body = await Body(request, faults);
        var tokenSeconds = Orders.TokenSeconds(Number(body, "tokenSeconds", faults), faults);
        var order =
            tokenSeconds is not null && body?["kind"] is null
                ? null
                : Orders.Fail(
                    Text(body, "kind"),
                    Text(body, "on"),
                    body?["count"]?.ToString(),
                    Number(body, "seconds", faults),
                    faults
                );
        if (faults.Count > 0)
        {
            return Refuse(faults);
        }

        failures.TokenSeconds = tokenSeconds ?? failures.TokenSeconds;
        if (order is not null)
        {
            failures.Give(order);
        }

        return Answer(Failing(failures));
    }

    private static IResult Heal(Failures failures)
    {
        failures.Clear();
        return Answer(Failing(failures));
    }

    private static IResult Reset(Store store, Failures failures, TokenOffice office)
    {
        store.Forget();
        failures.Clear();
        office.Forget();
        return Answer(Json.Object(("reset", true)));
    }

    private static Message? Find(Store store, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? store.Message(number)
            : store.Messages.FirstOrDefault(m => m.MessageId == id);

    private static JsonObject Failing(Failures failures) =>
        Json.Object(
            (
                "orders",
                List(
                    failures.Orders.Select(o =>
                        Json.Object(
                            ("kind", o.Kind.Key),
                            ("on", o.Place),
                            ("count", o.Remaining is { } left ? JsonValue.Create(left) : "all"),
                            ("seconds", o.Seconds)
                        )
                    )
                )
            ),
            ("tokenSeconds", failures.TokenSeconds)
        );

    private static JsonObject Describe(Referral referral, Store store) =>
        Json.Object(
            ("ref", referral.Ref),
            ("version", referral.Version),
            ("connection", GuideVersion.Find(referral.Version)!.Connection),
            ("listing", referral.Listing),
            ("scenario", referral.Scenario),
            ("patient", referral.Draft.Patient.FullName),
            ("priority", referral.Draft.Priority),
            ("createdAt", Moment(referral.CreatedAt)),
            ("shows", referral.Shows),
            ("taskStatus", referral.TaskStatus),
            ("taskReason", referral.TaskReason),
            ("appointment", referral.Appointment),
            ("processRequestAdded", referral.ProcessRequestAdded),
            ("notes", List(referral.Notes.Select(n => Json.Object(("at", Moment(n.At)), ("text", n.Text))))),
            ("messages", List(store.MessagesOf(referral.Ref).Select(m => (JsonNode)m.Number)))
        );

    private static JsonObject Describe(Message message, Store store) =>
        Json.Object(
            ("id", message.Number),
            ("messageId", message.MessageId),
            ("direction", message.Direction),
            ("connection", message.Connection),
            ("event", message.Event),
            ("ref", message.Ref),
            ("at", Moment(message.At)),
            ("status", message.Status),
            ("outcome", message.Outcome),
            ("detail", message.Detail),
            ("attempts", message.IsSent ? message.Attempts : null),
            ("shows", store.Find(message.Ref)?.Shows),
            ("findings", List(message.Findings.Select(f => JsonSerializer.SerializeToNode(f, Web)))),
            ("page", $"/messages/{message.Number}")
        );

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Bytes as JSON where they are JSON, as text where they are not.</summary>
    private static void Attach(JsonObject described, string name, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        try
        {
            described[name] = JsonNode.Parse(
                bytes,
                documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
        }
        catch (JsonException)
        {
            described[$"{name}Text"] = Encoding.UTF8.GetString(bytes);
        }
    }

    private static JsonArray List(IEnumerable<JsonNode?> items) => [.. items];

    private static string? Moment(DateTimeOffset? at) => at is { } known ? BundleAssembly.Milliseconds(known) : null;

    private static async Task<JsonObject?> Body(HttpRequest request, List<string> faults)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        try
        {
            var node = await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            if (node is JsonObject body)
            {
                return body;
            }
        }
        catch (JsonException)
        {
            // Told below, as for any other body that is not an object.
        }

        faults.Add("The body must be a JSON object.");
        return null;
    }

    private static string? Text(JsonObject? body, string name) => body?[name]?.ToString();

    private static int? Number(JsonObject? body, string name, List<string> faults)
    {
        if (body?[name] is not { } node)
        {
            return null;
        }

        if (int.TryParse(node.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        faults.Add($"{name} must be a whole number.");
        return null;
    }

    private static IResult Sent(Message? message, Store store) =>
        message is null ? Unknown() : Answer(Describe(message, store));

    private static IResult Answer(JsonObject body) =>
        Results.Text(body.ToJsonString(Json.Pretty), "application/json", Encoding.UTF8);

    private static IResult Refuse(List<string> faults) =>
        Results.Text(
            Json.Object(("errors", List(faults.Select(f => (JsonNode)f)))).ToJsonString(Json.Pretty),
            "application/json",
            Encoding.UTF8,
            400
        );

    private static IResult Unknown() =>
        Results.Text("{\"errors\":[\"There is no such thing.\"]}", "application/json", Encoding.UTF8, 404);
}

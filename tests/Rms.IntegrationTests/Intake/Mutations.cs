using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rms.IntegrationTests.Fixtures;

namespace Rms.IntegrationTests.Intake;

/// <summary>
/// Messages as no source should send them: vectors, damaged in their bytes or in their elements. The same seed makes
/// the same damage.
/// </summary>
internal sealed class Mutations(int seed)
{
    private static readonly string[] Bases =
    [
        .. new[] { "v0.10.0", "v0.11.1" }.SelectMany(version =>
            new[] { "", ".form", ".htest", ".self-referral", ".inline-attachment", ".three-practitioner-roles" }.Select(
                kind => $"{version}/add-service-request{kind}"
            )
        ),
    ];

    private static readonly string[] Events =
    [
        "add-service-request",
        "notify-add-service-request",
        "update-service-request",
        "notify-update-service-request",
        "notify-data-correction",
        "revoke-service-request",
        "send-communication",
        "send-communication-from-requester",
        "something-else",
    ];

    private static readonly string[] Texts =
    [
        "",
        " ",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "'; drop table core.referral; --",
        "\0\u0001\u001b[31m",
        "\u202etxet desrever\u2066",
        "\ud83d\ude00\u0301\u0301\u0301",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
        "Patient/../../x",
        "#",
        "0000-00-00",
        "9999-12-31T23:59:59.999999999Z",
        "2026-02-30",
        "../../../../etc/passwd",
        "%s%n{0}${x}",
    ];

    private readonly Random _random = new(seed);

    private NewMessage? _add;

    public byte[] Next()
    {
        // A quarter speaks of the referral before, most of the others of one that is new.
        if (_add is null || _random.Next(4) > 0)
            _add = NewMessage.From(Pick(Bases));
        var message = _random.Next(3) == 0 ? _add.Then(Pick(Events)) : _add.Then("add-service-request");
        return _random.Next(4) == 0 ? Bytes(message.Bytes) : Elements(message.Text);
    }

    private byte[] Bytes(byte[] message)
    {
        var bytes = message.ToList();
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            var at = _random.Next(bytes.Count);
            var length = Math.Min(_random.Next(1, 200), bytes.Count - at);
            switch (_random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 2 when bytes.Count > length:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4 when at > 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(
                        at,
                        Encoding.UTF8.GetBytes(Pick(["{", "}", "[", "]", ",", "\"", "\\", "null", "1e999"]))
                    );
                    break;
            }
        }
        return [.. bytes];
    }

    private byte[] Elements(string text)
    {
        var root = JsonNode.Parse(text)!;
        for (var times = _random.Next(1, 6); times > 0; times--)
        {
            var nodes = Inner(root).Where(n => n.Parent is not null).ToList();
            if (nodes.Count == 0)
                break;
            Damage(Pick(nodes), nodes);
        }
        return Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { MaxDepth = 2000 }));
    }

    private void Damage(JsonNode node, List<JsonNode> others)
    {
        switch (_random.Next(6))
        {
            case 0 when node.Parent is JsonObject parent:
                parent.Remove(node.GetPropertyName());
                break;
            case 0 when node.Parent is JsonArray list:
                list.Remove(node);
                break;
            case 1 when node.Parent is JsonArray list:
                list.Add(node.DeepClone());
                break;
            case 2:
                node.ReplaceWith(Pick(others).DeepClone());
                break;
            case 3 when node.Parent is JsonObject parent:
                parent[Pick(Texts) + "x"] = Odd();
                break;
            default:
                node.ReplaceWith(Odd());
                break;
        }
    }

    private JsonNode? Odd() =>
        _random.Next(10) switch
        {
            0 => null,
            1 => JsonValue.Create(_random.Next(2) == 0),
            2 => JsonValue.Create(_random.NextDouble() * 1e300),
            3 => JsonValue.Create(_random.NextInt64()),
            4 => new JsonArray(),
            5 => new JsonObject(),
            6 => JsonValue.Create(new string(Pick(["a", "<", "\u202e", "é"])[0], _random.Next(1, 20_000))),
            7 => Deep(_random.Next(1, 200)),
            _ => JsonValue.Create(
                Pick(Texts) + (_random.Next(2) == 0 ? "" : _random.Next().ToString(CultureInfo.InvariantCulture))
            ),
        };

    private static JsonArray Deep(int levels)
    {
        var inner = new JsonArray();
        for (; levels > 0; levels--)
            inner = [inner];
        return inner;
    }

    private static IEnumerable<JsonNode> Inner(JsonNode node)
    {
        yield return node;
        var children = node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is null)
                continue;
            foreach (var inner in Inner(child))
                yield return inner;
        }
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}

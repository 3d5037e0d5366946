namespace Rms.Simulator.State;

/// <summary>A way in which this source can fail when the target calls it.</summary>
internal sealed record FailureKind(string Key, string Name)
{
    public static readonly FailureKind ServerError = new("500", "500 internal error");
    public static readonly FailureKind Unavailable = new("503", "503 not available");
    public static readonly FailureKind Unauthorized = new("401", "401 as if the token had expired");
    public static readonly FailureKind TooMany = new("429", "429 too many requests, with Retry-After");
    public static readonly FailureKind BadRequest = new("400", "400 with an OperationOutcome");
    public static readonly FailureKind Slow = new("slow", "Slow, then ordinary");
    public static readonly FailureKind Drop = new("drop", "Drop the connection, message not taken");
    public static readonly FailureKind DropAfter = new("drop-after", "Take the message, then drop the connection");

    public static IReadOnlyList<FailureKind> All { get; } =
    [ServerError, Unavailable, Unauthorized, TooMany, BadRequest, Slow, Drop, DropAfter];

    public static FailureKind? Find(string? key) => All.FirstOrDefault(k => k.Key == key);
}

/// <summary>Where a failure strikes: at messages, at the documents' addresses, or at the token endpoint.</summary>
internal static class FailurePlace
{
    public const string Messages = "messages";
    public const string Documents = "documents";
    public const string Tokens = "tokens";
    public static IReadOnlyList<string> All { get; } = [Messages, Documents, Tokens];
}

/// <summary>An order to fail.</summary>
/// <param name="Remaining">How many more requests fail; null means all until it is taken back.</param>
/// <param name="Seconds">How long a slow answer takes, and what Retry-After says.</param>
internal sealed record FailureOrder(FailureKind Kind, string Place, int? Remaining, int Seconds);

/// <summary>
/// The orders to fail that hold now: one per place, and a shorter life for tokens. Not kept over a restart, so that a
/// forgotten order ends with the process.
/// </summary>
internal sealed class Failures
{
    public const int OrdinaryTokenSeconds = 3600;

    private readonly Lock gate = new();
    private readonly Dictionary<string, FailureOrder> orders = [];
    private int tokenSeconds = OrdinaryTokenSeconds;

    /// <summary>The orders that hold now.</summary>
    public IReadOnlyList<FailureOrder> Orders
    {
        get
        {
            lock (gate)
            {
                return [.. orders.Values];
            }
        }
    }

    /// <summary>Life of the tokens that are given out from now on, in seconds.</summary>
    public int TokenSeconds
    {
        get
        {
            lock (gate)
            {
                return tokenSeconds;
            }
        }
        set
        {
            lock (gate)
            {
                tokenSeconds = value;
            }
        }
    }

    /// <summary>Gives an order; it replaces the one that held at the same place.</summary>
    public void Give(FailureOrder order)
    {
        lock (gate)
        {
            orders[order.Place] = order;
        }
    }

    /// <summary>The order that this request must obey, counted down; null when all is well.</summary>
    public FailureOrder? Take(string place)
    {
        lock (gate)
        {
            if (!orders.TryGetValue(place, out var order))
            {
                return null;
            }

            if (order.Remaining is { } remaining)
            {
                if (remaining <= 1)
                {
                    orders.Remove(place);
                }
                else
                {
                    orders[place] = order with { Remaining = remaining - 1 };
                }
            }

            return order;
        }
    }

    /// <summary>All is well again.</summary>
    public void Clear()
    {
        lock (gate)
        {
            orders.Clear();
            tokenSeconds = OrdinaryTokenSeconds;
        }
    }
}

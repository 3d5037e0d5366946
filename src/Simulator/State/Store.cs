using System.Globalization;
using System.Text.Json;
using Rms.Simulator.Messages;

namespace Rms.Simulator.State;

/// <summary>
/// Everything the source knows, in a folder: <c>journal.jsonl</c> holds one line per new state of a referral or a
/// message (the last one counts), <c>messages/</c> the bytes of each message and of its reply, one file each. What a
/// method of this class has returned from survives the end of the process.
/// </summary>
internal sealed class Store : IDisposable
{
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly FileStream claim;
    private readonly Dictionary<string, Referral> referrals = [];
    private readonly List<string> order = [];
    private readonly List<Message> messages = [];
    private readonly FileStream journal;
    private readonly Dictionary<string, int> firstReceived = [];
    private int seeded;

    private Store(string folder, FileStream claim, FileStream journal)
    {
        this.folder = folder;
        this.claim = claim;
        this.journal = journal;
    }

    /// <summary>Opens or makes the folder and reads what it holds.</summary>
    /// <exception cref="StoreInUseException">Another simulator works in this folder.</exception>
    public static Store Open(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "messages"));
        FileStream inUse;
        try
        {
            inUse = new FileStream(
                Path.Combine(folder, "in-use"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException fault)
        {
            throw new StoreInUseException($"Another simulator works in {folder}.", fault);
        }

        var store = new Store(folder, inUse, OpenJournal(folder));
        store.Read();
        return store;
    }

    /// <summary>Referrals in the order in which they were made.</summary>
    public IReadOnlyList<Referral> Referrals
    {
        get
        {
            lock (gate)
            {
                return order.ConvertAll(key => referrals[key]);
            }
        }
    }

    /// <summary>Messages by number.</summary>
    public IReadOnlyList<Message> Messages
    {
        get
        {
            lock (gate)
            {
                return [.. messages];
            }
        }
    }

    /// <summary>How many referrals the finished seeding sent; 0 before it finished.</summary>
    public int Seeded
    {
        get
        {
            lock (gate)
            {
                return seeded;
            }
        }
    }

    public Referral? Find(string? referral)
    {
        lock (gate)
        {
            return referral is not null && referrals.TryGetValue(referral, out var found) ? found : null;
        }
    }

    public Message? Message(int number)
    {
        lock (gate)
        {
            return number >= 1 && number <= messages.Count ? messages[number - 1] : null;
        }
    }

    /// <summary>Number of the first received message with this id; null when none came.</summary>
    public int? FirstReceived(string? messageId)
    {
        lock (gate)
        {
            return messageId is not null && firstReceived.TryGetValue(messageId, out var number) ? number : null;
        }
    }

    /// <summary>Messages about one referral, in order.</summary>
    public IReadOnlyList<Message> MessagesOf(string referral)
    {
        lock (gate)
        {
            return messages.FindAll(m => m.Ref == referral);
        }
    }

    /// <summary>Keeps a referral's new state.</summary>
    public void Keep(Referral referral)
    {
        lock (gate)
        {
            Write(new Line(referral, null, null));
            Take(referral);
        }
    }

    /// <summary>Changes a referral in one step, so that two messages about it cannot overwrite each other.</summary>
    public void Change(string referral, Func<Referral, Referral> change)
    {
        lock (gate)
        {
            if (referrals.TryGetValue(referral, out var found))
            {
                Keep(change(found));
            }
        }
    }

    /// <summary>Keeps a new message with its bytes, and numbers it.</summary>
    public Message Add(Message message, byte[] body)
    {
        lock (gate)
        {
            var numbered = message with { Number = messages.Count + 1 };
            File.WriteAllBytes(BodyPath(numbered.Number), body);
            Write(new Line(null, numbered, null));
            Take(numbered);
            return numbered;
        }
    }

    /// <summary>Keeps a message's new state, and its reply when there is one.</summary>
    public void Update(Message message, byte[]? reply)
    {
        lock (gate)
        {
            if (message.Number > messages.Count)
            {
                return; // All was forgotten while this message was on its way.
            }

            if (reply is not null)
            {
                File.WriteAllBytes(ReplyPath(message.Number), reply);
            }

            Write(new Line(null, message, null));
            messages[message.Number - 1] = message;
        }
    }

    public void MarkSeeded(int count)
    {
        lock (gate)
        {
            Write(new Line(null, null, count));
            seeded = count;
        }
    }

    /// <summary>The bytes of a message as they went over the wire; empty when the file is gone.</summary>
    public byte[] Body(int number) => ReadOrEmpty(BodyPath(number));

    /// <summary>The bytes of its last reply; empty when there was none.</summary>
    public byte[] Reply(int number) => ReadOrEmpty(ReplyPath(number));

    /// <summary>Forgets all referrals and messages; not that the folder was seeded.</summary>
    public void Forget()
    {
        lock (gate)
        {
            journal.SetLength(0);
            referrals.Clear();
            order.Clear();
            messages.Clear();
            firstReceived.Clear();
            foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "messages")))
            {
                File.Delete(file);
            }

            if (seeded > 0)
            {
                Write(new Line(null, null, seeded));
            }
        }
    }

    public void Dispose()
    {
        journal.Dispose();
        claim.Dispose();
    }

    private static FileStream OpenJournal(string folder) =>
        new(Path.Combine(folder, "journal.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private static byte[] ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];

    private string BodyPath(int number) => Named(number, "json");

    private string ReplyPath(int number) => Named(number, "reply.json");

    private string Named(int number, string ending) =>
        Path.Combine(folder, "messages", string.Create(CultureInfo.InvariantCulture, $"{number:D6}.{ending}"));

    private void Write(Line line)
    {
        journal.Seek(0, SeekOrigin.End);
        journal.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, Json.Wire), (byte)'\n']);
        journal.Flush();
    }

    private void Read()
    {
        var bytes = new byte[journal.Length];
        journal.ReadExactly(bytes);
        var whole = 0;
        for (var start = 0; start < bytes.Length; )
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
            {
                break; // The process died in the middle of this line: what it was about was never answered.
            }

            var line = JsonSerializer.Deserialize<Line>(bytes.AsSpan(start, length), Json.Wire);
            start = whole = start + length + 1;
            if (line?.Referral is { } referral)
            {
                Take(referral);
            }
            else if (line?.Message is { } message && message.Number <= messages.Count)
            {
                messages[message.Number - 1] = message;
            }
            else if (line?.Message is { } added)
            {
                Take(added);
            }

            seeded = line?.Seeded ?? seeded;
        }

        journal.SetLength(whole);
    }

    private void Take(Message message)
    {
        messages.Add(message);
        if (!message.IsSent && message.MessageId is { } id)
        {
            firstReceived.TryAdd(id, message.Number);
        }
    }

    private void Take(Referral referral)
    {
        if (referrals.TryAdd(referral.Ref, referral))
        {
            order.Add(referral.Ref);
        }

        referrals[referral.Ref] = referral;
    }

    private sealed record Line(Referral? Referral, Message? Message, int? Seeded);
}

/// <summary>Another simulator works in the same folder.</summary>
internal sealed class StoreInUseException(string message, Exception inner) : IOException(message, inner);

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Rms.Core.Keys;

/// <summary>
/// The master keys in memory: makes and unwraps data keys, seals our own secrets, and makes search tokens.
/// </summary>
public sealed class KeyRing
{
    private Dictionary<int, byte[]> _masters = [];
    private int _current;
    private byte[] _tokenKey = [];

    /// <summary>Reads the master keys, makes the first ones, and unwraps them. Done once, before anything is served.</summary>
    /// <exception cref="InvalidOperationException">They are guarded by another certificate or key file.</exception>
    public async Task Load(NpgsqlDataSource database, KeyGuard guard, TimeProvider clock, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(guard);
        ArgumentNullException.ThrowIfNull(clock);
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        // Two nodes may start at once on an empty database: one of them makes the keys.
        await Run("lock table keys.master_key in share row exclusive mode");
        var rows = await Read();
        if (rows.Count == 0)
        {
            await Insert(1, "data");
            await Insert(2, "token");
            rows = await Read();
        }
        await transaction.CommitAsync(stop);

        if (rows.Find(r => r.WrappedBy != guard.Name) is { } foreign)
        {
            throw new InvalidOperationException(
                $"The master keys of this database are guarded by '{foreign.WrappedBy}', not by '{guard.Name}': "
                    + "set RMS_KEY_CERT, or restore master.key in the data folder (RMS_DATA)."
            );
        }
        Dictionary<int, byte[]> masters;
        try
        {
            masters = rows.ToDictionary(r => r.Id, r => guard.Unwrap(r.Wrapped));
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                "The master keys of this database can't be unwrapped with the present certificate or master.key: "
                    + "restore the one that belongs to it.",
                e
            );
        }
        _masters = masters;
        _current = rows.FindLast(r => r.Purpose == "data")!.Id;
        _tokenKey = masters[rows.FindLast(r => r.Purpose == "token")!.Id];

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(stop);
        }

        async Task Insert(int id, string purpose)
        {
            await using var command = new NpgsqlCommand(
                "insert into keys.master_key (id, purpose, wrapped_by, wrapped, created_at) values ($1, $2, $3, $4, $5)",
                connection,
                transaction
            )
            {
                Parameters =
                {
                    new() { Value = id },
                    new() { Value = purpose },
                    new() { Value = guard.Name },
                    new() { Value = guard.Wrap(RandomNumberGenerator.GetBytes(32)) },
                    new() { Value = clock.GetUtcNow() },
                },
            };
            await command.ExecuteNonQueryAsync(stop);
        }

        async Task<List<MasterKeyRow>> Read()
        {
            var found = new List<MasterKeyRow>();
            await using var command = new NpgsqlCommand(
                "select id, purpose, wrapped_by, wrapped from keys.master_key order by id",
                connection,
                transaction
            );
            await using var reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                found.Add(
                    new(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), (byte[])reader.GetValue(3))
                );
            }
            return found;
        }
    }

    /// <summary>A new key for a referral or a lone message: the row to keep, and the key to use now.</summary>
    public (DataKeyRow Row, DataKey Key) NewKey(Guid owner, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var key = RandomNumberGenerator.GetBytes(32);
        var row = new DataKeyRow
        {
            OwnerId = owner,
            MasterId = _current,
            Wrapped = Master(_current, owner).Seal("data-key", key),
            CreatedAt = clock.GetUtcNow(),
        };
        return (row, new DataKey(owner, key));
    }

    /// <summary>The key of a row.</summary>
    public DataKey Unwrap(DataKeyRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new DataKey(row.OwnerId, Master(row.MasterId, row.OwnerId).Open("data-key", row.Wrapped));
    }

    /// <summary>Seals a secret of our own (not of a patient), such as the client secret of a connection.</summary>
    public byte[] SealSecret(Guid owner, string purpose, string secret)
    {
        var sealedSecret = Master(_current, owner).Seal(purpose, secret);
        var value = new byte[sizeof(int) + sealedSecret.Length];
        BinaryPrimitives.WriteInt32LittleEndian(value, _current);
        sealedSecret.CopyTo(value, sizeof(int));
        return value;
    }

    /// <summary>Opens what <see cref="SealSecret"/> sealed.</summary>
    public string OpenSecret(Guid owner, string purpose, byte[] value) =>
        Master(BinaryPrimitives.ReadInt32LittleEndian(value), owner).OpenText(purpose, value.AsSpan(sizeof(int)));

    /// <summary>The keyed token of a search term: the same term always gives the same, and nothing gives the term.</summary>
    public long Token(string term)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_tokenKey, Encoding.UTF8.GetBytes(term), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private DataKey Master(int id, Guid owner) =>
        _masters.TryGetValue(id, out var key)
            ? new DataKey(owner, key)
            : throw new InvalidOperationException($"Master key {id} is not loaded: start again.");

    private sealed record MasterKeyRow(int Id, string Purpose, string WrappedBy, byte[] Wrapped);
}

/// <summary>The wrapped key of one referral, or of a message that belongs to none. Deleting it forgets.</summary>
public sealed class DataKeyRow
{
    /// <summary>The referral's or message's id.</summary>
    public Guid OwnerId { get; init; }

    /// <summary>The master key that wraps it.</summary>
    public int MasterId { get; init; }

    /// <summary>The wrapped key.</summary>
    public byte[] Wrapped { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

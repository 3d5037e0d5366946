using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rms.Core.Keys;

/// <summary>
/// What guards the master keys, outside the database: the certificate of RMS_KEY_CERT (a .pfx without password, or a
/// .pem with its RSA key), else the file <c>master.key</c> in the data folder, made at first need.
/// </summary>
public sealed class KeyGuard : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly RSA? _rsa;
    private readonly byte[]? _file;

    private KeyGuard(string name, RSA? rsa, byte[]? file) => (Name, _rsa, _file) = (name, rsa, file);

    /// <summary>Names the guard (the certificate's thumbprint, or "file"), so that the wrong one is noticed.</summary>
    public string Name { get; }

    /// <summary>Opens the guard.</summary>
    /// <param name="certificate">RMS_KEY_CERT, or null.</param>
    /// <param name="dataFolder">RMS_DATA: where master.key is, or will be.</param>
    public static KeyGuard Open(string? certificate, string dataFolder)
    {
        if (certificate is { Length: > 0 })
        {
            using var loaded = certificate.EndsWith(".pem", StringComparison.OrdinalIgnoreCase)
                ? X509Certificate2.CreateFromPemFile(certificate)
                : X509CertificateLoader.LoadPkcs12FromFile(certificate, password: null);
            var rsa =
                loaded.GetRSAPrivateKey()
                ?? throw new InvalidOperationException(
                    "RMS_KEY_CERT must hold an RSA certificate with its private key."
                );
            return new KeyGuard(loaded.Thumbprint, rsa, null);
        }
        Directory.CreateDirectory(dataFolder);
        var path = Path.Combine(dataFolder, "master.key");
        if (!File.Exists(path))
        {
            // Written beside and moved into place, so that a crash leaves no half key.
            var fresh = path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(fresh, options))
            {
                stream.Write(RandomNumberGenerator.GetBytes(32));
                stream.Flush(flushToDisk: true);
            }
            File.Move(fresh, path, overwrite: false);
        }
        var key = File.ReadAllBytes(path);
        if (key.Length != 32)
            throw new InvalidOperationException("master.key must be 32 bytes; restore it from its backup.");
        return new KeyGuard("file", null, key);
    }

    /// <summary>Wraps a master key for keeping in the database.</summary>
    public byte[] Wrap(byte[] key)
    {
        if (_rsa is not null)
            return _rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
        var wrapped = new byte[NonceSize + key.Length + TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_file!, TagSize);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceSize),
            key,
            wrapped.AsSpan(NonceSize, key.Length),
            wrapped.AsSpan(^TagSize..)
        );
        return wrapped;
    }

    /// <summary>Unwraps a master key.</summary>
    public byte[] Unwrap(byte[] wrapped)
    {
        ArgumentNullException.ThrowIfNull(wrapped);
        if (_rsa is not null)
            return _rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
        var key = new byte[wrapped.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_file!, TagSize);
        aes.Decrypt(
            wrapped.AsSpan(0, NonceSize),
            wrapped.AsSpan(NonceSize, key.Length),
            wrapped.AsSpan(^TagSize..),
            key
        );
        return key;
    }

    /// <inheritdoc />
    public void Dispose() => _rsa?.Dispose();
}

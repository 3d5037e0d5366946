using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Web.Security;

/// <summary>Keeps Data Protection's keys in the database, so that every node reads the same cookies.</summary>
internal sealed class SealedKeyStore(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
        return [.. db.DataProtectionKeys.AsNoTracking().Select(k => k.Xml).AsEnumerable().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
        db.DataProtectionKeys.Add(
            new DataProtectionKey
            {
                Id = Ids.New(clock),
                FriendlyName = friendlyName,
                Xml = element.ToString(SaveOptions.DisableFormatting),
                CreatedAt = clock.GetUtcNow(),
            }
        );
        db.SaveChanges();
    }
}

/// <summary>Seals a Data Protection key under our master key.</summary>
internal sealed class SealedXmlEncryptor(KeyRing keys) : IXmlEncryptor
{
    public const string Purpose = "data-protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = plaintextElement.ToString(SaveOptions.DisableFormatting);
        var value = Convert.ToBase64String(keys.SealSecret(Guid.Empty, Purpose, text));
        return new EncryptedXmlInfo(new XElement("sealed", value), typeof(SealedXmlDecryptor));
    }
}

/// <summary>Opens what <see cref="SealedXmlEncryptor"/> sealed; the framework makes it by its name.</summary>
internal sealed class SealedXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(
            services
                .GetRequiredService<KeyRing>()
                .OpenSecret(Guid.Empty, SealedXmlEncryptor.Purpose, Convert.FromBase64String(encryptedElement.Value))
        );
}

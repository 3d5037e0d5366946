using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Intake;

/// <summary>Answers what a referral says: opens its content and its demographics, and puts them together.</summary>
internal sealed class ContentOf(RmsDb db, KeyRing keys) : IRequestHandler<ReferralContentOf, ReferralContent>
{
    public async Task<ReferralContent> Handle(ReferralContentOf request, CancellationToken cancellationToken)
    {
        var found = await (
            from content in db.Set<Content>()
            join demographics in db.Demographics on content.ReferralId equals demographics.ReferralId
            join key in db.DataKeys on content.ReferralId equals key.OwnerId
            where content.ReferralId == request.ReferralId
            select new
            {
                content,
                demographics,
                key,
            }
        )
            .AsNoTracking()
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            throw Problem.NotFound();
        return Open(found.content, found.demographics, keys.Unwrap(found.key));
    }

    /// <summary>Puts together what lies apart.</summary>
    public static ReferralContent Open(Content content, Demographics demographics, DataKey key) =>
        key.Open(Content.Purpose, content.Sealed, SealedJson.Default.ReferralContent) with
        {
            Patient = demographics.Open(key).Patient,
        };

    /// <summary>Seals all but the demographics, which have their own place.</summary>
    public static byte[] Close(ReferralContent content, DataKey key) =>
        key.Seal(Content.Purpose, content with { Patient = PatientDetails.Empty }, SealedJson.Default.ReferralContent);
}

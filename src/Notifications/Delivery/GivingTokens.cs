using MediatR;
using Rms.Core;
using Rms.Directories;

namespace Rms.Notifications.Delivery;

/// <summary>Gives our tokens to whoever else must speak to a source: they are asked for and paced in one place.</summary>
internal sealed class GivingTokens(SourceTokens tokens, IMediator mediator)
    : IRequestHandler<SourceTokenOf, SourceToken>
{
    public async Task<SourceToken> Handle(SourceTokenOf request, CancellationToken cancellationToken)
    {
        var connection = await mediator.Send(new ConnectionOf(request.ConnectionId), cancellationToken);
        var (token, error, wait) = await tokens.For(connection, request.Refused?.Value, cancellationToken);
        return new SourceToken(token is null ? null : new Secret(token), error, wait);
    }
}

namespace Rms.Simulator.Messages;

/// <summary>What a source tells a target about a referral of its own.</summary>
internal enum SourceEvent
{
    /// <summary>It is new.</summary>
    Add,

    /// <summary>Something that it says has changed.</summary>
    Update,

    /// <summary>What it said of the patient was wrong.</summary>
    Correct,

    /// <summary>The patient's consent is withdrawn.</summary>
    Revoke,

    /// <summary>The requester writes.</summary>
    Write,
}

/// <summary>What one message has to tell.</summary>
/// <param name="Hint">MessageHeader.reason in words; null leaves it out, where the version does not fix it.</param>
/// <param name="Text">What the requester writes; only of <see cref="SourceEvent.Write"/>.</param>
internal sealed record News(SourceEvent What, string? Hint = null, string? Text = null)
{
    public static readonly News Add = new(SourceEvent.Add);
}

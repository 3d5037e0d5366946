-- What people said of two referrals that look as if they belonged together.

create schema if not exists triage;

create table triage.related_pair (
    referral_a  uuid not null references core.referral,
    referral_b  uuid not null references core.referral,
    verdict     text not null check (verdict in ('same', 'linked', 'different')),
    said_by     uuid not null,
    said_at     timestamptz not null,
    primary key (referral_a, referral_b),
    -- one row a pair, whichever of the two was looked at
    check (referral_a < referral_b)
);
comment on table triage.related_pair is 'The last word of a person about two referrals; earlier ones stand in core.audit';
create index related_pair_b on triage.related_pair (referral_b);

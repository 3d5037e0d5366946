-- What a source says after its first message: updates, revocations, communications; and what could not be routed.

insert into core.lifecycle_step (from_state, action, to_state)
select state, 'Update', state
from unnest(array['New', 'Accepted', 'Booked', 'Confirmed', 'AwaitingReply', 'Declined', 'Completed', 'Cancelled', 'Forwarded']) state
union all
select state, 'Wipe', 'Revoked'
from unnest(array['New', 'Accepted', 'Booked', 'Confirmed', 'AwaitingReply', 'Declined', 'Completed', 'Cancelled', 'Forwarded']) state;

alter table core.referral
    add content_as_of         timestamptz,
    add clock_from            timestamptz,
    add replaces_id           uuid references core.referral,
    add first_seen_by_update  boolean not null default false,
    add unnoted               integer not null default 0,
    add missing               integer not null default 0,
    add review                text[] not null default '{}';
update core.referral set clock_from = received_at;
alter table core.referral alter clock_from set not null;
comment on column core.referral.content_as_of is 'When its source said what is kept now (Bundle.timestamp); an older message does not overwrite it';
comment on column core.referral.clock_from is 'Since when the patient waits: its receipt, or that of the referral which it replaces';
comment on column core.referral.unnoted is 'How many changes and messages of the source nobody has noted yet';
comment on column core.referral.missing is 'How many things it should have and has not, by its listing''s rules, when it last came';
comment on column core.referral.review is 'Codes of what a person should look at beside the decision';
create index referral_review on core.referral (site_id, received_at, id) where review <> '{}' or unnoted > 0;
create index referral_replaces on core.referral (replaces_id) where replaces_id is not null;
create index referral_reference on core.referral (reference);

alter table core.message
    add reference    text,
    add sent_at      timestamptz,
    add resolution   text check (resolution in ('taken-in', 'closed', 'revoked')),
    add resolved_at  timestamptz,
    add resolved_by  uuid;
comment on column core.message.reference is 'The referral''s id at its source, as far as the message names it';
comment on column core.message.resolution is 'What a person, or a later message, made of it after it had been parked';
create index message_without_referral on core.message (connection_id, reference) where referral_id is null;
create index message_unrouted on core.message (received_at) where outcome = 'parked' and resolution is null;

-- What an update changed, in our own words: before and after, and who said it.
create table intake.change (
    id           uuid primary key,
    referral_id  uuid not null references core.referral,
    message_id   uuid not null references core.message deferrable initially deferred,
    step         integer not null,
    at           timestamptz not null,
    sealed       bytea not null,
    noted_at     timestamptz,
    noted_by     uuid references people.person
);
create index change_referral on intake.change (referral_id, at);

-- What the requester wrote to us.
create table intake.communication (
    id           uuid primary key,
    referral_id  uuid not null references core.referral,
    message_id   uuid not null references core.message deferrable initially deferred,
    at           timestamptz not null,
    sealed       bytea not null,
    noted_at     timestamptz,
    noted_by     uuid references people.person
);
create index communication_referral on intake.communication (referral_id, at);

alter table directory.connection add tell_revoked boolean not null default true;
comment on column directory.connection.tell_revoked is 'Answer a revoke with a Task of status cancelled as well (guide 0.11.1: SHOULD); false for a source that would show it as declined';

-- What is under way, so that claiming need not look at all that is due.
create index outbox_leased on core.outbox (receiver_id) where state = 'due' and lease_until is not null;

-- Sealed bytes can't be compressed: PostgreSQL need not try.
alter table core.message
    alter sealed_body set storage external,
    alter sealed_reply set storage external;
alter table intake.content alter sealed set storage external;
alter table core.outbox alter sealed_body set storage external;

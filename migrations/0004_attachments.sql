-- What came along with a referral: documents inside the message, or fetched from the source in the background.

alter table directory.connection add column allowed_hosts text[] not null default '{}';
comment on column directory.connection.allowed_hosts is 'Hosts (host, or host:port) from which documents may be fetched with our token, besides the endpoint''s own';

create table intake.attachment (
    id             uuid primary key,
    referral_id    uuid not null references core.referral,
    connection_id  uuid not null references directory.connection,
    key            bigint not null,
    seq            integer not null,
    is_letter      boolean not null,
    listed         boolean not null,
    state          text not null check (state in ('pending', 'ready', 'failed', 'refused')),
    error          text,
    last_status    integer,
    sealed         bytea not null,
    content_type   text,
    size           bigint,
    attempts       integer not null default 0,
    due_at         timestamptz not null,
    due_since      timestamptz not null,
    lease_id       uuid,
    lease_until    timestamptz,
    created_at     timestamptz not null,
    finished_at    timestamptz,
    unique (referral_id, key),
    check ((state = 'pending') = (finished_at is null)),
    check (state <> 'ready' or (content_type is not null and size is not null))
);
comment on column intake.attachment.key is 'Keyed hash of what identifies the document within its referral, so that it is known again when it is sent again';
comment on column intake.attachment.listed is 'false: the source''s latest message no longer names it; it is kept';
comment on column intake.attachment.sealed is 'Title, address, date and claimed type; sealed under the referral''s key';
comment on column intake.attachment.content_type is 'What its bytes are: one of a short list';
comment on column intake.attachment.error is 'A code for why it failed or was refused, or why the last attempt did';
create index attachment_due on intake.attachment (connection_id, due_at) where state = 'pending';
create index attachment_leased on intake.attachment (connection_id) where state = 'pending' and lease_until is not null;

create table intake.attachment_chunk (
    attachment_id  uuid not null references intake.attachment on delete cascade,
    number         integer not null,
    sealed         bytea not null,
    primary key (attachment_id, number)
);
comment on table intake.attachment_chunk is 'The bytes, 256 kB a row; attachment and number are in the associated data, so that rows can''t be exchanged';
-- Sealed bytes can't be compressed: PostgreSQL need not try.
alter table intake.attachment_chunk alter column sealed set storage external;

-- Who may send: several credentials a connection, of two kinds; which manners it allows; how fast it may send.

alter table directory.connection
    add column allow_oauth2     boolean not null default true,
    add column allow_basic      boolean not null default false,
    add column allow_api_key    boolean not null default false,
    add column rate_per_second  integer not null default 100 check (rate_per_second > 0),
    add column rate_burst       integer not null default 1000 check (rate_burst > 0);
comment on column directory.connection.rate_per_second is 'How many messages a second it may send for long, on one node';
comment on column directory.connection.rate_burst is 'How many it may send at once';

alter table directory.credential
    alter column client_id drop not null,
    alter column secret_hash drop not null,
    add column kind          text not null default 'client' check (kind in ('client', 'api-key')),
    add column key_hash      bytea unique,
    add column hint          text,
    add column last_used_at  timestamptz,
    add check (case kind when 'client' then client_id is not null and secret_hash is not null and key_hash is null
                         else client_id is null and secret_hash is null and key_hash is not null end);
comment on column directory.credential.secret_hash is 'PBKDF2 of a client''s secret';
comment on column directory.credential.key_hash is 'SHA-256 of an API key, which is random and long: it needs no salt, and is found by it';
comment on column directory.credential.hint is 'The last four characters of an API key, by which people tell keys apart';
comment on column directory.credential.last_used_at is 'Kept to the minute';
create index access_token_credential on directory.access_token (credential_id);

-- What is refused unread may come in floods: one row a second of a kind, and how many it stands for.
alter table core.message add column times integer not null default 1 check (times > 0);

-- What each module keeps for itself.

create schema directory;
create schema intake;
create schema notifications;

create table directory.site (
    id         uuid primary key,
    number     text not null unique,
    name       text not null,
    time_zone  text not null,
    language   text not null check (language in ('en', 'fr'))
);

create table directory.listing (
    id                   uuid primary key,
    site_id              uuid not null references directory.site,
    name                 text not null,
    reference            text not null unique,
    external_service_id  text not null unique,
    is_test              boolean not null,
    self_referral        text not null check (self_referral in ('like-any', 'hold')),
    phone                text,
    address_line         text,
    city                 text,
    province             text,
    postal_code          text
);
comment on column directory.listing.reference is 'id-referral-target-reference in a message';
comment on column directory.listing.external_service_id is 'id-referral-target-external-service, and HealthcareService.id';

create table directory.connection (
    id                     uuid primary key,
    site_id                uuid not null references directory.site,
    name                   text not null unique,
    display_name           text not null,
    guide_version          text not null check (guide_version in ('0.10.0', '0.11.1')),
    may_send               boolean not null,
    endpoint               text,
    token_endpoint         text,
    grant_type_in          text not null check (grant_type_in in ('query', 'body')),
    client_id              text,
    sealed_client_secret   bytea,
    allow_private_address  boolean not null,
    reply_bundle_type      text not null check (reply_bundle_type in ('collection', 'message', 'batch-response')),
    announce_received      boolean not null,
    naming_system          text not null
);
comment on column directory.connection.may_send is 'false: a system that only hears from us; what it sends is refused (403)';
comment on column directory.connection.endpoint is 'Where we deliver. Never taken from a message.';
comment on column directory.connection.announce_received is 'v0.11.1: send notify-add-process-request (received) at once; false puts it off to the first decision';
comment on column directory.connection.naming_system is 'Base of the source''s NamingSystem URLs, used where a message gave none';

create table directory.credential (
    id             uuid primary key,
    connection_id  uuid not null references directory.connection,
    client_id      text not null unique,
    secret_hash    text not null,
    created_at     timestamptz not null,
    revoked_at     timestamptz,
    failures       integer not null default 0,
    locked_until   timestamptz
);
create index credential_connection on directory.credential (connection_id);

create table directory.access_token (
    hash           bytea primary key,
    connection_id  uuid not null references directory.connection,
    credential_id  uuid not null references directory.credential,
    issued_at      timestamptz not null,
    expires_at     timestamptz not null
);
create index access_token_expires_at on directory.access_token (expires_at);

alter table people.membership add foreign key (site_id) references directory.site;
alter table core.referral
    add foreign key (site_id) references directory.site,
    add foreign key (listing_id) references directory.listing,
    add foreign key (connection_id) references directory.connection;
alter table core.message add foreign key (connection_id) references directory.connection;
alter table core.inbox add foreign key (connection_id) references directory.connection;
alter table core.outbox add foreign key (receiver_id) references directory.connection;

-- What the source said of the request (all but the patient's demographics), in our own words.
create table intake.content (
    referral_id  uuid primary key references core.referral,
    sealed       bytea not null
);

-- What the source presumably shows of a referral, so that it is never sent a state that it already has.
create table notifications.source_view (
    referral_id  uuid primary key references core.referral,
    shows        text not null check (shows in ('new', 'pending-booking', 'booked', 'confirmed', 'awaiting-reply', 'declined', 'completed', 'cancelled')),
    introduced   boolean not null,
    changed_at   timestamptz not null
);
comment on column notifications.source_view.introduced is 'v0.11.1: notify-add-process-request has been delivered, later ones are updates';

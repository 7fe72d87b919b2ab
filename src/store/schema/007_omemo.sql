-- Schema 7: end-to-end encryption by OMEMO (XEP-0384). Keys and sessions are bytes that only the encryption understands.

alter table conversation add column encryption integer not null default 0; -- 0 none, 1 OMEMO

-- Our own device.
create table omemo_own (
    account integer primary key references account (id) on delete cascade,
    device integer not null, -- 1 to 2^31 - 1
    seed blob not null, -- of the identity, 32 bytes
    created integer not null, -- ms since 1970
    next_prekey integer not null, -- ids never go back
    announced integer not null default 0, -- whether it was ever published: its id is ours
    published integer not null default 0 -- whether what is published is what is here
) strict;

create table omemo_prekey (
    account integer not null references omemo_own (account) on delete cascade,
    id integer not null,
    secret blob not null,
    used integer not null default 0, -- not published any more, kept until everything old has been fetched
    primary key (account, id)
) strict, without rowid;

create table omemo_signed_prekey (
    account integer not null references omemo_own (account) on delete cascade,
    id integer not null, -- the highest one is published
    secret blob not null,
    created integer not null, -- ms since 1970
    primary key (account, id)
) strict, without rowid;

-- Devices of people, our own other ones included.
create table omemo_device (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    device integer not null,
    listed integer not null default 0, -- 1: on the list of version 0.3, 2: on that of version 2, 3: on both
    identity blob, -- its identity key (Montgomery form), once known; never replaced silently
    label text not null default '', -- of version 2, as it came
    label_signature blob,
    first_seen integer not null, -- ms since 1970
    last_heard integer, -- ms since 1970
    no_bundle_at integer, -- ms since 1970: when it had no bundle that can be used
    renewed_at integer, -- ms since 1970: when its session was last renewed without being asked
    primary key (account, jid, device)
) strict, without rowid;

-- Sessions with devices, one record for each version.
create table omemo_session (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    device integer not null,
    version integer not null, -- 0: 0.3, 1: 2
    record blob not null,
    primary key (account, jid, device, version)
) strict, without rowid;

-- Identity keys that were seen, and what is thought of them; for both versions alike.
create table omemo_identity (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    identity blob not null, -- Montgomery form
    standing integer not null, -- 0 waiting, 1 accepted, 2 verified, 3 rejected
    first_seen integer not null, -- ms since 1970
    last_seen integer not null, -- ms since 1970
    primary key (account, jid, identity)
) strict, without rowid;

-- Key messages that were opened: each is opened once.
create table omemo_seen (
    account integer not null references account (id) on delete cascade,
    hash blob not null, -- of sender, device and key message
    message integer references message (id) on delete set null,
    at integer not null, -- ms since 1970
    primary key (account, hash)
) strict, without rowid;
create index omemo_seen_at on omemo_seen (account, at);
create index omemo_seen_message on omemo_seen (message) where message is not null;

-- What encryption did for a message: who sealed it, or why it cannot be read.
create table message_seal (
    message integer primary key references message (id) on delete cascade,
    version integer not null, -- 0: OMEMO 0.3, 1: OMEMO 2
    device integer not null,
    identity blob, -- of the device, if it is known
    standing integer, -- of the identity at that time
    reason integer not null default 0 -- why it cannot be read; 0: it can
) strict;

-- Stanzas that wait to be encrypted, in the order of sending; then they become rows of the outbox.
create table unsealed (
    id integer primary key autoincrement,
    account integer not null references account (id) on delete cascade,
    peer text not null, -- bare
    message integer references message (id) on delete cascade,
    xml text not null
) strict;
create index unsealed_order on unsealed (account, id);
create index unsealed_message on unsealed (message) where message is not null;

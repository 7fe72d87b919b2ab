-- Schema 1: accounts, people, chats, messages, outbox, archive, first use, settings.
-- Never edited after release: a change is a new file.

create table account (
    id integer primary key autoincrement,
    jid text not null unique, -- bare
    enabled integer not null default 1,
    endpoint_host text not null default '', -- empty: what DNS says
    endpoint_port integer not null default 0,
    endpoint_direct_tls integer not null default 0,
    proxy_host text not null default '', -- empty: no proxy
    proxy_port integer not null default 0,
    proxy_username text not null default '',
    resource text not null,
    allow_plain integer not null default 0,
    password_storage integer not null default 0, -- 0 keyring, 1 sealed file, 2 ask
    nickname text not null default '',
    show integer not null default 1, -- 0 chat, 1 online, 2 away, 3 extended away, 4 do not disturb, 5 offline
    status text not null default '',
    position integer not null default 0,
    roster_version text not null default '', -- XEP-0237
    archive_cursor text -- XEP-0313: everything up to this archive id is stored
) strict;

-- A picture, shared by all who use it.
create table avatar (
    sha1 text primary key, -- of the original bytes, hex
    png blob not null
) strict;

-- What an account knows about an address, on the roster or not; its own address included.
create table person (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    nickname text not null default '', -- XEP-0172
    avatar text references avatar (sha1),
    primary key (account, jid)
) strict, without rowid;
create index person_avatar on person (avatar) where avatar is not null;

-- What somebody's vCard said when it was last fetched (XEP-0054).
create table vcard (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    full_name text not null default '',
    nickname text not null default '',
    organisation text not null default '',
    email text not null default '',
    url text not null default '',
    phone text not null default '',
    note text not null default '',
    primary key (account, jid)
) strict, without rowid;

create table roster_item (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    name text not null default '',
    subscription integer not null default 0, -- 0 none, 1 to, 2 from, 3 both
    ask integer not null default 0, -- 0 none, 1 subscribe
    primary key (account, jid)
) strict, without rowid;

create table roster_group (
    account integer not null,
    jid text not null,
    name text not null,
    primary key (account, jid, name),
    foreign key (account, jid) references roster_item (account, jid) on delete cascade
) strict, without rowid;

create table subscription_request (
    id integer primary key autoincrement,
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare
    nickname text not null default '',
    text text not null default '',
    at integer not null, -- when it arrived first, ms since 1970
    unique (account, jid)
) strict;

create table blocked (
    account integer not null references account (id) on delete cascade,
    jid text not null, -- bare, full or domain (XEP-0191)
    primary key (account, jid)
) strict, without rowid;

create table conversation (
    id integer primary key autoincrement,
    account integer not null references account (id) on delete cascade,
    peer text not null, -- bare
    kind integer not null default 0, -- 0 person, 1 stranger
    open integer not null default 0,
    opened_at integer not null default 0, -- place in the list while there is no newer message, ms since 1970
    pinned integer not null default 0,
    notifications integer not null default 0, -- 0 all, 1 muted
    draft text not null default '',
    unread integer not null default 0, -- incoming messages after (read_at, read_up_to), kept by every change
    read_at integer, -- time of the last message that was seen
    read_up_to integer, -- its row
    unique (account, peer)
) strict;

create table message (
    id integer primary key autoincrement,
    account integer not null, -- of its conversation
    conversation integer not null references conversation (id) on delete cascade,
    direction integer not null, -- 0 incoming, 1 outgoing
    author text not null, -- bare
    resource text,
    body text not null,
    at integer not null, -- when it was sent, ms since 1970; the order of the chat is (at, id)
    stored_at integer not null, -- ms since 1970
    route integer not null, -- 0 local, 1 live, 2 offline, 3 carbon, 4 archive
    security integer not null, -- 0 clear, 1 unreadable
    delivery integer not null, -- 0 waiting, 1 sent, 2 delivered, 3 read, 4 failed
    failure text not null default '', -- of failed ones: blocked, cancelled, refused:CONDITION
    origin_id text, -- given by the author's client (XEP-0359)
    stanza_id text, -- given by our archive (XEP-0359)
    markable integer not null default 0 -- whether the author wants to know when it is seen (XEP-0333)
) strict;
create index message_order on message (conversation, at, id, direction);
create index message_origin on message (conversation, origin_id) where origin_id is not null;
create unique index message_stanza on message (account, stanza_id) where stanza_id is not null;
-- Ours that are not read yet: what acknowledgements and markers look for.
create index message_unsettled on message (conversation, delivery, at)
    where direction = 1 and delivery < 3;

-- Stanzas that must reach the server, in the order of sending.
create table outbox (
    id integer primary key autoincrement,
    account integer not null references account (id) on delete cascade,
    message integer references message (id) on delete cascade,
    xml text not null -- never changed: a retry sends the same bytes
) strict;
create index outbox_order on outbox (account, id);
create index outbox_message on outbox (message) where message is not null;

-- Chats of which the archive has nothing older than what is stored (XEP-0313).
create table archive_complete (
    account integer not null references account (id) on delete cascade,
    peer text not null, -- bare
    primary key (account, peer)
) strict, without rowid;

-- First use: what was seen of servers and what the person decided. Rows are only added; the newest counts.
create table ledger (
    id integer primary key autoincrement,
    account integer not null references account (id) on delete cascade,
    kind integer not null, -- 0 pinned certificate (SHA-256, hex; empty: none any more), 1 strongest login mechanism (SASL name)
    value text not null,
    at integer not null -- ms since 1970
) strict;
create index ledger_newest on ledger (account, kind, id);

-- What a verified hash of features stands for (XEP-0115).
create table caps (
    id integer primary key autoincrement,
    algorithm text not null,
    hash text not null,
    features text not null, -- JSON array, sorted
    client text not null default '',
    unique (algorithm, hash)
) strict;

create table settings (
    id integer primary key check (id = 1),
    json text not null
) strict;

-- Small values that a component keeps for itself.
create table kept_value (
    name text primary key,
    value text not null
) strict, without rowid;

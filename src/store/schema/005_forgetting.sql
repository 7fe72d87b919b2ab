-- Schema 5: what is removed here: old messages by a rule of the account, whole chats, single messages.

alter table account add column forget_after_days integer not null default 0; -- 0: never
alter table account add column forgotten_before integer; -- ms since 1970: what was sent earlier is gone, and stays so

alter table conversation add column doomed integer not null default 0; -- removed by the person: its messages go in parts, then it

-- Chats that were removed: what the archive has of them up to here does not come back.
create table deleted_chat (
    account integer not null references account (id) on delete cascade,
    peer text not null, -- bare
    up_to integer not null, -- ms since 1970: when the newest message of the chat was sent
    primary key (account, peer)
) strict, without rowid;

-- Single messages that were removed: they do not come back, either.
create table deleted_message (
    id integer primary key autoincrement,
    conversation integer not null references conversation (id) on delete cascade,
    author text not null, -- bare
    origin_id text,
    stanza_id text
) strict;
create index deleted_message_origin on deleted_message (conversation, origin_id) where origin_id is not null;
create index deleted_message_stanza on deleted_message (conversation, stanza_id) where stanza_id is not null;

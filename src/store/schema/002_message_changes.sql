-- Schema 2: what becomes of a message after it was sent: corrections, retractions, reactions; and what it replies to.

alter table message add column edited text; -- the newest text when its author corrected it (XEP-0308); body stays as it came
alter table message add column edited_at integer; -- ms since 1970
alter table message add column retracted_at integer; -- ms since 1970; body and edited are empty then (XEP-0424)
alter table message add column replaces text; -- origin id of the message this corrects, while that one is not here
alter table message add column reply_id text; -- origin id of the message this replies to (XEP-0461)
alter table message add column reply_author text; -- bare, as the author says
create index message_replaces on message (conversation, replaces) where replaces is not null;

-- Texts that a message had before it was corrected, and corrections seen, so that none counts twice.
create table correction (
    id integer primary key autoincrement,
    message integer not null references message (id) on delete cascade,
    body text not null,
    at integer not null, -- when it was sent, ms since 1970
    origin_id text -- of the correction
) strict;
create index correction_message on correction (message, at, id);

-- Retractions whose message has not arrived yet.
create table retraction (
    conversation integer not null references conversation (id) on delete cascade,
    author text not null, -- bare
    target text not null, -- origin id
    at integer not null, -- ms since 1970
    primary key (conversation, author, target)
) strict, without rowid;

-- The present reactions of one person to one message, which may not have arrived yet (XEP-0444).
create table reaction (
    conversation integer not null references conversation (id) on delete cascade,
    target text not null, -- origin id
    author text not null, -- bare
    emojis text not null, -- JSON array, as sent, without duplicates
    at integer not null, -- ms since 1970
    primary key (conversation, target, author)
) strict, without rowid;

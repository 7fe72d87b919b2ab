-- Schema 3: filling the past from the archive, read state shared between own devices, archived chats, spoilers.

alter table account add column archive_cursor_at integer; -- ms since 1970: when the message at archive_cursor was sent
alter table account add column history_paused integer not null default 0; -- the person stopped the filling of the past

-- Where the past of an account's archive begins that is not stored yet; no row: nothing is missing (XEP-0313).
create table archive_gap (
    account integer primary key references account (id) on delete cascade,
    before_id text not null, -- archive id: everything from here on is stored
    before_at integer, -- when that message was sent, ms since 1970: for an archive that has forgotten the id
    fetched integer not null default 0 -- messages fetched into it so far
) strict;
-- What was read before is read once more: messages that are there already are found again.
insert into archive_gap (account, before_id)
    select id, archive_cursor from account where archive_cursor is not null;

alter table conversation add column archived integer not null default 0; -- put away until something new comes
alter table conversation add column displayed_id text; -- archive id that own devices know as seen (XEP-0490)
alter table conversation add column displayed_due integer not null default 0; -- seen here, and own devices do not know yet

alter table message add column spoiler text; -- the hint of a text that is shown only when asked for (XEP-0382)

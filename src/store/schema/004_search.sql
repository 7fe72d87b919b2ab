-- Schema 4: words of messages, for searching.
-- What is shown of each message that can be read: its newest text, nothing of those that were taken back.

-- The text is not here a second time: search_words() (made by the program) cuts it into words, and adds marks for chat,
-- author, direction and links. No places of words either: whether words stand beside each other is seen in the message.
-- Rows are search_row(at, id): ordered by time, a few days at once, and dense within them, which makes the index small.
create virtual table message_search using fts5 (
    words, content = '', detail = none, columnsize = 0, tokenize = 'ascii', prefix = '1 2 3 4'
);
-- What is removed is overwritten at once, not when parts of the index are merged.
insert into message_search (message_search, rank) values ('secure-delete', 1);

create trigger message_search_insert after insert on message
when new.security = 0 and new.retracted_at is null begin
    insert into message_search (rowid, words) values (search_row(new.at, new.id),
        search_words(new.conversation, new.author, new.direction, coalesce(new.edited, new.body)));
end;

create trigger message_search_delete after delete on message
when old.security = 0 and old.retracted_at is null begin
    insert into message_search (message_search, rowid, words) values ('delete', search_row(old.at, old.id),
        search_words(old.conversation, old.author, old.direction, coalesce(old.edited, old.body)));
end;

create trigger message_search_update
after update of conversation, direction, author, body, at, security, edited, retracted_at on message begin
    insert into message_search (message_search, rowid, words)
        select 'delete', search_row(old.at, old.id),
            search_words(old.conversation, old.author, old.direction, coalesce(old.edited, old.body))
        where old.security = 0 and old.retracted_at is null;
    insert into message_search (rowid, words)
        select search_row(new.at, new.id),
            search_words(new.conversation, new.author, new.direction, coalesce(new.edited, new.body))
        where new.security = 0 and new.retracted_at is null;
end;

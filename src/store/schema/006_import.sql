-- Schema 6: messages that were imported.

alter table message add column imported_from integer; -- 0 own export, 1 Gajim, 2 Dino, 3 Pidgin; null: it was not imported
alter table message add column import_key text; -- of another program's message: the same at every import
create index message_import on message (conversation, import_key) where import_key is not null;

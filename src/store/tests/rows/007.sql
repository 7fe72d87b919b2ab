insert into account (id, jid, endpoint_host, endpoint_port, resource, show, status, position, roster_version, archive_cursor, archive_cursor_at, history_paused)
    values (1, 'alice@example.org', 'xmpp.example.org', 5222, 'desk', 2, 'lunch', 1, 'v1', 's1', 20, 1);
insert into avatar values ('aa', x'010203');
insert into person values (1, 'bob@example.org', 'Bobby', 'aa');
insert into vcard (account, jid, full_name) values (1, 'bob@example.org', 'Bob B.');
insert into roster_item values (1, 'bob@example.org', 'Bob', 3, 0);
insert into roster_group values (1, 'bob@example.org', 'Friends');
insert into subscription_request (account, jid, text, at) values (1, 'eve@example.org', 'hello?', 5);
insert into blocked values (1, 'spam.example');
insert into conversation (id, account, peer, open, draft, unread, read_at, read_up_to, archived, displayed_id, displayed_due)
    values (1, 1, 'bob@example.org', 1, 'well', 1, 10, 1, 0, 's0', 1);
insert into message (id, account, conversation, direction, author, body, at, stored_at, route, security, delivery, failure, origin_id)
    values (1, 1, 1, 1, 'alice@example.org', 'hi', 10, 10, 0, 0, 4, 'refused:item-not-found', 'o1');
insert into message (id, account, conversation, direction, author, resource, body, at, stored_at, route, security, delivery, stanza_id, markable)
    values (2, 1, 1, 0, 'bob@example.org', 'phone', 'hello', 20, 21, 4, 0, 1, 's1', 1);
insert into outbox (account, message, xml) values (1, 1, '<message/>');
insert into archive_complete values (1, 'bob@example.org');
insert into ledger (account, kind, value, at)
    values (1, 0, 'abababababababababababababababababababababababababababababababab', 1);
insert into caps (algorithm, hash, features) values ('sha-1', 'x=', '["urn:xmpp:ping"]');
insert into settings values (1, '{"notify":false}');
insert into kept_value values ('last_chat', '1');
update message set edited = 'hello', edited_at = 22, body = 'helo' where id = 2;
insert into correction (message, body, at, origin_id) values (2, 'hello', 22, 'c1');
insert into reaction values (1, 'o1', 'bob@example.org', '["👍"]', 23);
insert into retraction values (1, 'bob@example.org', 'not-here', 24);
insert into archive_gap (account, before_id, before_at, fetched) values (1, 's0', 5, 7);
update message set spoiler = 'the end' where id = 2;
update account set forget_after_days = 9999, forgotten_before = 1;
insert into deleted_chat values (1, 'eve@example.org', 5);
insert into deleted_message (conversation, author, origin_id, stanza_id) values (1, 'bob@example.org', 'o9', 's9');
update message set imported_from = 1, import_key = 'k1' where id = 1;
insert into omemo_own (account, device, seed, created, next_prekey) values (1, 7, zeroblob(32), 1, 2);
insert into omemo_prekey (account, id, secret) values (1, 1, zeroblob(32));
insert into omemo_signed_prekey (account, id, secret, created) values (1, 1, zeroblob(32), 1);
insert into omemo_device (account, jid, device, listed, identity, first_seen) values (1, 'bob@example.org', 9, 3, zeroblob(32), 1);
insert into omemo_session (account, jid, device, version, record) values (1, 'bob@example.org', 9, 0, x'01');
insert into omemo_identity (account, jid, identity, standing, first_seen, last_seen) values (1, 'bob@example.org', zeroblob(32), 1, 1, 1);
insert into omemo_seen (account, hash, message, at) values (1, zeroblob(32), 2, 1);
insert into message_seal (message, version, device, standing) values (2, 0, 9, 1);
insert into unsealed (account, peer, message, xml) values (1, 'bob@example.org', 1, '<message/>');

//! Stories of accounts, archive, pictures, capabilities, first use, outbox and settings.

use super::{add_account, alice_and_bob, incoming, insert, jid, on_every_store, outgoing, write};
use crate::{
    model::{
        Account, Avatar, Endpoint, Fingerprint, NewAccount, NotificationText, OutboxId,
        OwnPresence, PasswordStorage, Profile, Proxy, Settings, Show, Timestamp,
    },
    store::{ArchiveGap, CapsEntry, StoreError},
};

fn avatar(sha1: &str) -> Avatar {
    Avatar {
        sha1: sha1.to_owned(),
        png: sha1.as_bytes().to_vec(),
    }
}

#[test]
fn an_account_comes_back_as_it_was_changed() {
    on_every_store(|store| {
        let new = NewAccount {
            jid: jid("alice@example.org"),
            endpoint: Some(Endpoint {
                host: "xmpp.example.org".to_owned(),
                port: 65535,
                direct_tls: true,
            }),
            proxy: Some(Proxy {
                host: "localhost".to_owned(),
                port: 9050,
                username: "tor".to_owned(),
            }),
            password_storage: PasswordStorage::SealedFile,
            allow_plain: true,
            pin: None,
        };
        let id = write(store, |txn| txn.add_account(&new, "desk")).unwrap();
        assert_eq!(write(store, |txn| txn.add_account(&new, "other")), None);
        let added = Account {
            id,
            jid: new.jid,
            enabled: true,
            endpoint: new.endpoint,
            proxy: new.proxy,
            resource: "desk".to_owned(),
            allow_plain: true,
            password_storage: PasswordStorage::SealedFile,
            nickname: String::new(),
            presence: OwnPresence {
                show: Show::Online,
                status: String::new(),
            },
            position: 1,
        };
        assert_eq!(store.reader().account(id).unwrap(), added);
        let changed = Account {
            enabled: false,
            endpoint: None,
            proxy: None,
            resource: "phone".to_owned(),
            allow_plain: false,
            password_storage: PasswordStorage::Ask,
            nickname: "Al".to_owned(),
            presence: OwnPresence {
                show: Show::DoNotDisturb,
                status: "busy".to_owned(),
            },
            position: 7,
            ..added
        };
        write(store, |txn| txn.update_account(&changed));
        assert_eq!(write(store, |txn| txn.account(id)), changed);
        let second = write(store, |txn| add_account(txn, "work@example.org"));
        let ids = |accounts: Vec<Account>| accounts.iter().map(|a| a.id).collect::<Vec<_>>();
        assert_eq!(ids(store.reader().accounts().unwrap()), [id, second]);
        assert_eq!(ids(write(store, |txn| txn.accounts())), [id, second]);
    });
}

#[test]
fn a_removed_account_leaves_nothing() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let work = write(store, |txn| add_account(txn, "work@example.org"));
        let bob = jid("bob@example.org");
        let message = insert(store, &outgoing(chat, 1, "hi"));
        write(store, |txn| {
            txn.push_outbox(alice, Some(message), "<message/>")?;
            txn.set_avatar(alice, &bob, &avatar("aa"))?;
            txn.set_avatar(alice, &jid("c@x"), &avatar("bb"))?;
            txn.set_avatar(work, &bob, &avatar("bb"))?;
            txn.set_profile(alice, &bob, &Profile::default())?;
            txn.set_archive_complete(alice, &bob)?;
            txn.pin_certificate(alice, Fingerprint([1; 32]), Timestamp(1))?;
            txn.change_blocked(alice, &["x".to_owned()], &[])?;
            txn.add_subscription_request(alice, &bob, "", "", Timestamp(1))
        });
        write(store, |txn| txn.remove_account(alice));
        let gone = store.write(|txn| txn.remove_account(alice));
        assert!(matches!(gone, Err(StoreError::Missing)));
        write(store, |txn| {
            for table in [
                "person",
                "vcard",
                "roster_item",
                "roster_group",
                "subscription_request",
                "blocked",
                "conversation",
                "message",
                "outbox",
                "archive_complete",
                "ledger",
            ] {
                let sql = format!("select count(*) from {table}");
                let rows: i64 = txn.0.query_row(&sql, [], |row| row.get(0))?;
                assert_eq!(rows, i64::from(table == "person"), "{table}");
            }
            Ok(())
        });
        let reader = store.reader();
        assert_eq!(reader.avatar("aa").unwrap(), None);
        assert_eq!(reader.avatar("bb").unwrap(), Some(avatar("bb")));
        // Its number is never given again.
        let again = write(store, |txn| add_account(txn, "alice@example.org"));
        assert!(again > work);
    });
}

#[test]
fn a_picture_is_kept_as_long_as_somebody_has_it() {
    on_every_store(|store| {
        let alice = write(store, |txn| add_account(txn, "alice@example.org"));
        let (bob, carol) = (jid("bob@x"), jid("carol@x"));
        write(store, |txn| {
            txn.set_avatar(alice, &bob, &avatar("aa"))?;
            assert!(txn.link_avatar(alice, &carol, "aa")?);
            assert!(!txn.link_avatar(alice, &carol, "bb")?);
            assert_eq!(txn.avatar_of(alice, &carol)?.as_deref(), Some("aa"));
            txn.set_nickname(alice, &bob, "Bobby")
        });
        let reader = store.reader();
        assert_eq!(
            reader.avatar_of(alice, &bob).unwrap().as_deref(),
            Some("aa")
        );
        write(store, |txn| txn.set_avatar(alice, &bob, &avatar("bb")));
        assert_eq!(reader.avatar("aa").unwrap(), Some(avatar("aa")));
        write(store, |txn| txn.remove_avatar(alice, &carol));
        assert_eq!(reader.avatar("aa").unwrap(), None);
        assert_eq!(reader.avatar_of(alice, &carol).unwrap(), None);
        // The same picture again is no reason to remove it.
        write(store, |txn| txn.set_avatar(alice, &bob, &avatar("bb")));
        assert_eq!(reader.avatar("bb").unwrap(), Some(avatar("bb")));
        write(store, |txn| {
            txn.remove_avatar(alice, &jid("nobody@x"))?;
            assert_eq!(txn.nickname(alice, &bob)?, "Bobby");
            txn.set_nickname(alice, &bob, "")?;
            assert_eq!(txn.nickname(alice, &bob)?, "");
            assert_eq!(txn.nickname(alice, &jid("nobody@x"))?, "");
            Ok(())
        });
    });
}

#[test]
fn a_profile_comes_back_as_it_was_fetched() {
    on_every_store(|store| {
        let alice = write(store, |txn| add_account(txn, "alice@example.org"));
        let profile = Profile {
            full_name: "a".to_owned(),
            nickname: "b".to_owned(),
            organisation: "c".to_owned(),
            email: "d".to_owned(),
            url: "e".to_owned(),
            phone: "f".to_owned(),
            note: "g".to_owned(),
        };
        let bob = jid("bob@x");
        assert_eq!(store.reader().profile(alice, &bob).unwrap(), None);
        write(store, |txn| txn.set_profile(alice, &bob, &profile));
        assert_eq!(store.reader().profile(alice, &bob).unwrap(), Some(profile));
        write(store, |txn| {
            txn.set_profile(alice, &bob, &Profile::default())
        });
        assert_eq!(
            store.reader().profile(alice, &bob).unwrap(),
            Some(Profile::default())
        );
    });
}

#[test]
fn the_archive_remembers_how_far_it_was_read() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let bob = jid("bob@example.org");
        write(store, |txn| {
            assert_eq!(txn.archive_cursor(alice)?, None);
            let gap = ArchiveGap {
                before_id: "s5".to_owned(),
                before_at: Some(Timestamp(5)),
                fetched: 3,
            };
            txn.set_archive_gap(alice, Some(&gap))?;
            assert_eq!(txn.archive_gap(alice)?, Some(gap));
            txn.set_archive_cursor(alice, "s9", Some(Timestamp(9)))?;
            txn.set_archive_cursor(alice, "s9", None)?;
            assert_eq!(txn.archive_cursor_time(alice)?, Some(Timestamp(9)));
            assert_eq!(txn.archive_cursor(alice)?.as_deref(), Some("s9"));
            assert_eq!(txn.oldest_archived(alice, &jid("no@x"))?, (None, false));
            assert_eq!(txn.oldest_archived(alice, &bob)?, (None, false));
            for (at, stanza_id) in [(30, Some("s3")), (10, None), (20, Some("s2"))] {
                let mut message = incoming(chat, at, "hi");
                message.stanza_id = stanza_id.map(str::to_owned);
                txn.insert_message(&message)?;
            }
            assert_eq!(
                txn.oldest_archived(alice, &bob)?,
                (Some("s2".to_owned()), false)
            );
            txn.set_archive_complete(alice, &bob)?;
            txn.set_archive_complete(alice, &bob)?;
            assert_eq!(
                txn.oldest_archived(alice, &bob)?,
                (Some("s2".to_owned()), true)
            );
            assert_eq!(txn.newest_time(chat)?, Some(Timestamp(30)));
            Ok(())
        });
    });
}

#[test]
fn capabilities_are_kept_by_algorithm_and_hash() {
    on_every_store(|store| {
        let entry = |client: &str| CapsEntry {
            features: vec!["a\nb".to_owned(), "urn:xmpp:ping".to_owned()],
            client: client.to_owned(),
        };
        write(store, |txn| {
            assert_eq!(txn.caps("sha-1", "x=")?, None);
            txn.set_caps("sha-1", "x=", &entry("Gajim"))?;
            txn.set_caps("sha-256", "x=", &entry("Dino"))?;
            txn.set_caps("sha-1", "x=", &entry("Gajim 2"))?;
            assert_eq!(txn.caps("sha-1", "x=")?, Some(entry("Gajim 2")));
            assert_eq!(txn.caps("sha-256", "x=")?, Some(entry("Dino")));
            for number in 0..5_000 {
                txn.set_caps("sha-1", &number.to_string(), &CapsEntry::default())?;
            }
            assert_eq!(txn.caps("sha-256", "x=")?, None);
            assert_eq!(txn.caps("sha-1", "0")?, Some(CapsEntry::default()));
            Ok(())
        });
    });
}

#[test]
fn the_ledger_answers_the_newest_and_keeps_the_rest() {
    on_every_store(|store| {
        let alice = write(store, |txn| add_account(txn, "alice@example.org"));
        let reader = store.reader();
        let pin = |byte, at| {
            write(store, |txn| {
                txn.pin_certificate(alice, Fingerprint([byte; 32]), Timestamp(at))
            });
        };
        assert_eq!(reader.pinned_certificate(alice).unwrap(), None);
        write(store, |txn| txn.forget_pin(alice, Timestamp(0)));
        pin(1, 1);
        pin(0xfe, 2);
        pin(0xfe, 3);
        assert_eq!(
            reader.pinned_certificate(alice).unwrap(),
            Some(Fingerprint([0xfe; 32]))
        );
        write(store, |txn| txn.forget_pin(alice, Timestamp(4)));
        assert_eq!(reader.pinned_certificate(alice).unwrap(), None);
        pin(1, 5);
        assert_eq!(
            write(store, |txn| txn.pinned_certificate(alice)),
            Some(Fingerprint([1; 32]))
        );
        for (mechanism, at) in [("SCRAM-SHA-1", 6), ("SCRAM-SHA-512", 7), ("PLAIN", 8)] {
            write(store, |txn| {
                txn.set_strongest_mechanism(alice, mechanism, Timestamp(at))
            });
        }
        assert_eq!(
            reader.strongest_mechanism(alice).unwrap().as_deref(),
            Some("PLAIN")
        );
        write(store, |txn| {
            let times: Vec<i64> = txn
                .0
                .prepare("select at from ledger order by id")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            assert_eq!(times, [1, 2, 4, 5, 6, 7, 8]);
            Ok(())
        });
    });
}

#[test]
fn the_outbox_keeps_order_and_bytes() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let work = write(store, |txn| add_account(txn, "work@example.org"));
        let message = insert(store, &outgoing(chat, 1, "hi"));
        let [first, second, third] = write(store, |txn| {
            let first = txn.push_outbox(alice, Some(message), "<message a='&lt;'/>")?;
            txn.push_outbox(work, None, "<other/>")?;
            Ok([
                first,
                txn.push_outbox(alice, None, "<b/>")?,
                txn.push_outbox(alice, None, "<c/>")?,
            ])
        });
        write(store, |txn| {
            let ids = |after, limit| {
                let rows = txn.outbox_after(alice, after, limit)?;
                Ok::<_, StoreError>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
            };
            assert_eq!(ids(OutboxId(0), 9)?, [first, second, third]);
            assert_eq!(ids(OutboxId(0), 2)?, [first, second]);
            assert_eq!(ids(first, 9)?, [second, third]);
            let row = &txn.outbox_after(alice, OutboxId(0), 1)?[0];
            assert_eq!(row.xml, "<message a='&lt;'/>");
            assert_eq!(row.message, Some(message));
            assert_eq!(txn.outbox_of(message)?, Some(first));
            assert_eq!(txn.remove_outbox(first)?, Some(message));
            assert_eq!(txn.outbox_of(message)?, None);
            assert_eq!(txn.remove_outbox(first)?, None);
            assert_eq!(txn.remove_outbox(third)?, None);
            assert!(!txn.remove_outbox_of(message)?);
            // A number is never given again, even when the newest row is gone.
            assert!(txn.push_outbox(alice, Some(message), "<d/>")? > third);
            assert!(txn.remove_outbox_of(message)?);
            assert_eq!(ids(OutboxId(0), 9)?, [second]);
            Ok(())
        });
    });
}

#[test]
fn settings_and_small_values_survive() {
    on_every_store(|store| {
        let reader = store.reader();
        assert_eq!(reader.settings().unwrap(), Settings::default());
        let settings = Settings {
            send_typing: false,
            notification_text: NotificationText::Nothing,
            ..Settings::default()
        };
        write(store, |txn| txn.set_settings(&settings));
        assert_eq!(reader.settings().unwrap(), settings);
        assert_eq!(write(store, |txn| txn.settings()), settings);
        // Written by an earlier version that knew fewer of them.
        write(store, |txn| {
            txn.0
                .execute("update settings set json = '{\"notify\":false}'", [])?;
            Ok(())
        });
        assert!(!reader.settings().unwrap().notify && reader.settings().unwrap().send_typing);
        assert_eq!(reader.value("width").unwrap(), None);
        write(store, |txn| txn.set_value("width", "900"));
        write(store, |txn| txn.set_value("width", "901"));
        assert_eq!(reader.value("width").unwrap().as_deref(), Some("901"));
        assert_eq!(
            write(store, |txn| txn.value("width")).as_deref(),
            Some("901")
        );
        write(store, |txn| txn.set_value("width", ""));
        assert_eq!(reader.value("width").unwrap(), None);
    });
}

#[test]
fn a_stored_value_of_no_known_form_is_damage_not_a_guess() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        insert(store, &incoming(chat, 1, "hi"));
        let spoil = |sql: &str| {
            write(store, |txn| Ok(txn.0.execute(sql, [])?));
        };
        spoil("update message set delivery = 9");
        assert!(store.reader().newest_messages(chat, 1).is_err());
        spoil("update message set delivery = 4, failure = 'odd'");
        assert!(store.reader().newest_messages(chat, 1).is_err());
        spoil("update account set show = 6");
        assert!(store.reader().accounts().is_err());
        spoil("insert into settings values (1, 'no json')");
        assert!(matches!(
            store.reader().settings(),
            Err(StoreError::Damaged(_))
        ));
        spoil("insert into ledger (account, kind, value, at) values (1, 0, 'zz', 0)");
        assert!(matches!(
            store.reader().pinned_certificate(alice),
            Err(StoreError::Damaged(_))
        ));
    });
}

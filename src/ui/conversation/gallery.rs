//! Pages of the gallery: chats of every kind, and what belongs to them.

use gtk::prelude::*;
use relm4::prelude::*;

use super::{Conversation, Input, message_details, sample as made_up};
use crate::{
    model::{
        AccountId, ConversationId, ConversationKind, Delivery, Direction, Encryption, MessageId,
        Route, Security, SendFailure, Show, Timestamp,
    },
    store::{NewMessage, StoreError, Txn},
    ui::{
        composer::{self, Composer, Target},
        gallery::{Page, frame, handle, sample},
        widgets::avatar::{self, Avatar},
    },
    worker::Handle,
};

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

/// All pages of chats.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "conversation",
        open: || chat(everyday(), false),
    },
    Page {
        name: "conversation-long",
        open: || chat(long(100_000), false),
    },
    Page {
        name: "conversation-rtl",
        open: || chat(right_to_left(), false),
    },
    Page {
        name: "conversation-hostile",
        open: || chat(hostile(), false),
    },
    Page {
        name: "conversation-changes",
        open: || chat(changed(), false),
    },
    Page {
        name: "conversation-empty",
        open: || chat(empty(), false),
    },
    Page {
        name: "conversation-offline",
        open: || chat(offline(), false),
    },
    Page {
        name: "conversation-none",
        open: || frame(Conversation::builder().launch(handle()).detach(), 640, 640),
    },
    Page {
        name: "stranger",
        open: || chat(stranger(), false),
    },
    Page {
        name: "blocked",
        open: || chat(blocked(), false),
    },
    Page {
        name: "details",
        open: || chat(everyday(), true),
    },
    Page {
        name: "message-details",
        open: message_details_page,
    },
    Page {
        name: "whole-text",
        open: || message_details::text_window(&"word ".repeat(200_000)).upcast(),
    },
    Page {
        name: "composer",
        open: composers,
    },
    Page {
        name: "avatars",
        open: avatars,
    },
];

/// A chat with its handle.
pub(crate) type Made = (Handle, ConversationId);

/// A window with a chat.
fn chat((handle, id): Made, with_details: bool) -> gtk::Window {
    let conversation = Conversation::builder().launch(handle).detach();
    conversation.emit(Input::Folded(false));
    conversation.emit(Input::Open(id));
    if with_details {
        // Once the chat has been read.
        let sender = conversation.sender().clone();
        gtk::glib::timeout_add_local_once(std::time::Duration::from_millis(300), move || {
            sender.emit(Input::ShowDetails(true));
        });
    }
    let width = if with_details { 960 } else { 640 };
    frame(conversation, width, 640)
}

/// A store with the account of Alice, a contact and their chat, filled.
pub(crate) fn made(
    address: &str,
    name: &str,
    fill: impl FnOnce(&Txn<'_>, ConversationId, Timestamp) -> Result<(), StoreError>,
) -> Made {
    let (store, (account, id)) = sample::store(|txn| {
        let account = sample::account(txn, "alice@example.org")?;
        sample::contact(txn, account, address, name, &["Work", "Climbing"])?;
        let id = sample::chat(txn, account, address)?;
        fill(txn, id, Timestamp::now())?;
        Ok((account, id))
    });
    let handle = Handle::for_gallery(store);
    sample::present(&handle, account, address, Show::Online, "on a train");
    sample::online(&handle, account, "alice@example.org/tessera");
    (handle, id)
}

/// What an ordinary chat holds: every state, every style, unread ones.
pub(crate) fn everyday() -> Made {
    let made = made("bob@example.org", "Bob", |txn, chat, now| {
        let at = |minutes: i64| now.plus_millis(-minutes * MINUTE);
        let says = |body: &str, minutes: i64, delivery: Delivery| {
            sample::says(txn, chat, body, at(minutes), delivery)
        };
        sample::hears(txn, chat, "Are you coming on Saturday?", at(2 * 24 * 60))?;
        says(
            "I think so, if the weather holds.",
            2 * 24 * 60 - 9,
            Delivery::Read,
        )?;
        sample::hears(txn, chat, "did you get the file?", at(60))?;
        sample::hears(
            txn,
            chat,
            "I put it here: https://files.example.org/plan.pdf",
            at(59),
        )?;
        says("yes!", 57, Delivery::Read)?;
        says(
            "> did you get the file?\nIt is *exactly* what we needed, though page 3 says ~Friday~ and should say _Saturday_. \
             Run `make check` first:\n```\nmake check\nmake run ARGS=--demo\n```",
            56,
            Delivery::Delivered,
        )?;
        says("/me packs the rope", 40, Delivery::Sent)?;
        let refused = Delivery::Failed(SendFailure::Refused("service-unavailable".into()));
        says("This one the server did not take.", 30, refused)?;
        unreadable(txn, chat, at(20))?;
        let seen = sample::hears(txn, chat, "/me waves", at(12))?;
        txn.mark_read(chat, seen)?;
        sample::hears(txn, chat, "One more thing", at(3))?;
        sample::hears(
            txn,
            chat,
            "The train is on time for once, so I will be at the station at ten past two. If you are late, wait at the \
             small café on the other side of the square; the one with the green door.",
            at(2),
        )?;
        says("See you there", 0, Delivery::Waiting)?;
        Ok(())
    });
    made.0.live().set_typing(made.1, true);
    made
}

fn unreadable(txn: &Txn<'_>, chat: ConversationId, at: Timestamp) -> Result<(), StoreError> {
    let message = NewMessage {
        security: Security::Unreadable,
        ..incoming(txn, chat, "I sent you an encrypted message", at)?
    };
    txn.insert_message(&message)?;
    Ok(())
}

/// A message of the peer that is not stored yet.
fn incoming(
    txn: &Txn<'_>,
    conversation: ConversationId,
    body: &str,
    at: Timestamp,
) -> Result<NewMessage, StoreError> {
    let (_, author, _) = txn.conversation_peer(conversation)?;
    Ok(NewMessage {
        conversation,
        direction: Direction::Incoming,
        author,
        resource: None,
        body: body.into(),
        at,
        stored_at: at,
        route: Route::Live,
        security: Security::Clear,
        delivery: Delivery::Sent,
        origin_id: Some(body.to_owned()),
        stanza_id: None,
        markable: false,
        reply_to: None,
        spoiler: None,
    })
}

/// Messages that were edited, taken back, hidden, answered and reacted to.
fn changed() -> Made {
    made("bob@example.org", "Bob", |txn, chat, now| {
        let at = |minutes: i64| now.plus_millis(-minutes * MINUTE);
        let (account, bob, _) = txn.conversation_peer(chat)?;
        let alice = txn.account(account)?.jid;
        let first = incoming(txn, chat, "Are you coming on Saturday?", at(30))?;
        txn.insert_message(&first)?;
        let emojis = ["👍".to_owned(), "🎉".to_owned()];
        txn.react(chat, &alice, &first.body, &emojis, at(29))?;
        txn.react(chat, &bob, &first.body, &emojis[..1], at(28))?;
        let reply = NewMessage {
            direction: Direction::Outgoing,
            author: alice.clone(),
            delivery: Delivery::Read,
            reply_to: Some((first.body, Some(bob.clone()))),
            ..incoming(txn, chat, "If the weather holds", at(20))?
        };
        txn.insert_message(&reply)?;
        let many: Vec<String> = ["🎉", "❤️", "😂", "🙏", "🚂", "☔", "🧗", "🍰", "👏", "🤞"]
            .map(str::to_owned)
            .into();
        txn.react(chat, &bob, "If the weather holds", &many, at(19))?;
        let wrong = incoming(txn, chat, "At ten at the statoin", at(15))?;
        txn.insert_message(&wrong)?;
        let right = incoming(txn, chat, "At ten at the station", at(14))?;
        txn.correct(&wrong.body, &right)?;
        let regretted = incoming(txn, chat, "something", at(10))?;
        txn.insert_message(&regretted)?;
        txn.retract(chat, &bob, &regretted.body, at(9))?;
        let spoiler = NewMessage {
            spoiler: Some("the end of the film".into()),
            ..incoming(txn, chat, "It was the gardener", at(5))?
        };
        txn.insert_message(&spoiler)?;
        let lost = NewMessage {
            reply_to: Some(("not here".into(), Some(alice))),
            ..incoming(txn, chat, "Yes, that one", at(2))?
        };
        txn.insert_message(&lost)?;
        Ok(())
    })
}

/// A chat of many years.
pub(crate) fn long(count: i64) -> Made {
    made("bob@example.org", "Bob", |txn, chat, now| {
        let words =
            "the quick brown fox jumps over the lazy dog and runs on through the long dark wood ";
        let mut last = None;
        for n in 0..count {
            let at = now.plus_millis((n - count) * 7 * MINUTE / 2);
            let length = usize::try_from(n * 37 % 160).unwrap_or_default() + 8;
            let body = format!("{n}: {}", &words.repeat(3)[..length]);
            last = Some(if n % 3 == 0 {
                sample::says(txn, chat, &body, at, Delivery::Read)?
            } else {
                sample::hears(txn, chat, &body, at)?
            });
        }
        if let Some(last) = last {
            txn.mark_read(chat, last)?;
        }
        Ok(())
    })
}

fn right_to_left() -> Made {
    made(
        "fatima@example.com",
        "فاطمة الزهراء",
        |txn, chat, now| {
            let at = |minutes: i64| now.plus_millis(-minutes * MINUTE);
            sample::hears(txn, chat, "مرحبا، هل وصلتك الملفات؟", at(20))?;
            sample::says(txn, chat, "نعم! شكرا جزيلا", at(18), Delivery::Read)?;
            sample::hears(
                txn,
                chat,
                "שלום, the *file* is at https://files.example.org/קובץ.pdf",
                at(12),
            )?;
            sample::hears(txn, chat, "/me تلوح بيدها", at(10))?;
            sample::says(
                txn,
                chat,
                "> مرحبا، هل وصلتك الملفات؟\nنعم",
                at(2),
                Delivery::Delivered,
            )?;
            Ok(())
        },
    )
}

/// Everything that others could do to the window with words.
pub(crate) fn hostile() -> Made {
    let name = "<b>Bob</b>\u{202e} (verified ✓)\n\n";
    made("mallory@example.com", name, |txn, chat, now| {
        let bodies = [
            "<span size=\"100000\" foreground=\"red\">markup</span> &amp; &lt;b&gt; <a href=\"file:///etc/passwd\">x</a>".to_owned(),
            "\u{202e}reversed? no: it stays as it is".to_owned(),
            format!("tow{}er", "\u{301}\u{302}\u{308}\u{30c}".repeat(200)),
            "─────────────── Today ───────────────".to_owned(),
            "New messages".to_owned(),
            "⚠ Bob announced a new device \"Laptop\". [Verify…] [Later]".to_owned(),
            "https://p\u{430}ypal.com/login https://paypal.com@evil.example/ file:///etc/passwd".to_owned(),
            "/me </i><b>shouts</b>".to_owned(),
            format!("{}\ndeep", ">".repeat(300)),
            "x".repeat(1_000_000),
            "line\n".repeat(100_000),
            format!("👩{}", "\u{200d}👩".repeat(500)),
            "``` never closed\n*a _b ~c `d".to_owned(),
        ];
        for (n, body) in (0i64..).zip(&bodies) {
            sample::hears(txn, chat, body, now.plus_millis((n - 20) * MINUTE))?;
        }
        Ok(())
    })
}

fn empty() -> Made {
    made("grace@example.com", "Grace", |_, _, _| Ok(()))
}

fn offline() -> Made {
    let (handle, id) = everyday();
    let connection = crate::model::ConnectionState::Offline;
    handle.live().set_connection(AccountId(1), connection);
    handle.live().set_typing(id, false);
    (handle, id)
}

/// Somebody unknown wrote.
pub(crate) fn stranger() -> Made {
    let (store, (account, id)) = sample::store(|txn| {
        let account = sample::account(txn, "alice@example.org")?;
        let peer = sample::jid("olga@example.com");
        let id = txn.conversation_with(account, &peer, ConversationKind::Stranger)?;
        let at = Timestamp::now().plus_millis(-90 * MINUTE);
        sample::hears(
            txn,
            id,
            "Good evening! Is the second rope still for sale?",
            at,
        )?;
        Ok((account, id))
    });
    let handle = Handle::for_gallery(store);
    sample::online(&handle, account, "alice@example.org/tessera");
    (handle, id)
}

fn blocked() -> Made {
    made("mallory@example.com", "Mallory", |txn, chat, now| {
        sample::hears(txn, chat, "You will read this.", now.plus_millis(-DAY))?;
        let (account, peer, _) = txn.conversation_peer(chat)?;
        txn.change_blocked(account, &[peer.to_string()], &[])
    })
}

fn message_details_page() -> gtk::Window {
    let mut message = made_up::message(4711, "yes!");
    message.direction = Direction::Outgoing;
    message.author = made_up::jid("alice@example.org");
    message.resource = Some("tessera.4f1c".into());
    message.route = Route::Carbon;
    message.delivery = Delivery::Failed(SendFailure::Refused("remote-server-timeout".into()));
    message.origin_id = Some("9d2b7c1e-0f1a-4f5e-b1f7-6d0d6f2a9c11".into());
    message.stanza_id = Some("2026-11-20-83f20c".into());
    message_details::window(&message, "Bob").upcast()
}

fn composers() -> gtk::Window {
    let column = gtk::Box::new(gtk::Orientation::Vertical, 24);
    let reply = composer::Aim::Reply {
        to: MessageId(1),
        quote: "Bob: Are you coming on Saturday?".into(),
    };
    let edit = composer::Aim::Edit {
        message: MessageId(2),
        before: "At ten at the statoin".into(),
    };
    let spoiler = composer::Aim::Spoiler {
        hint: "the end of the film".into(),
    };
    let sealed = composer::Protection {
        encryption: Encryption::Omemo,
        devices: 3,
        unknown: 0,
    };
    let texts = [
        ("", composer::Aim::Message),
        ("", composer::Aim::Message),
        ("See you at the station", composer::Aim::Message),
        (
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten",
            composer::Aim::Message,
        ),
        ("If the weather holds", reply),
        ("", edit),
        ("It was the gardener", spoiler),
    ];
    let composers: Vec<_> = texts
        .into_iter()
        .zip(
            [composer::Protection::default(), sealed]
                .into_iter()
                .cycle(),
        )
        .map(|((draft, aim), protection)| {
            let composer = Composer::builder().launch(()).detach();
            composer.emit(composer::Input::Show(Target {
                conversation: ConversationId(1),
                name: "Bob".into(),
                draft: draft.into(),
                access: composer::Access::Open,
                protection,
            }));
            composer.emit(composer::Input::Begin(aim));
            column.append(composer.widget());
            composer
        })
        .collect();
    let window = adw::Window::builder()
        .default_width(560)
        .default_height(800)
        .content(&column)
        .build();
    let composers = std::cell::RefCell::new(Some(composers));
    window.connect_destroy(move |_| drop(composers.take()));
    window.upcast()
}

fn avatars() -> gtk::Window {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(18)
        .margin_top(18)
        .margin_bottom(18)
        .margin_start(18)
        .margin_end(18)
        .build();
    let shows = [
        None,
        Some(Show::Chat),
        Some(Show::Online),
        Some(Show::Away),
        Some(Show::ExtendedAway),
        Some(Show::DoNotDisturb),
        Some(Show::Offline),
    ];
    let mut people = [
        "Bob",
        "Anna Berg",
        "فاطمة",
        "李明",
        "dana@example.net",
        "🎉",
    ]
    .into_iter()
    .cycle()
    .zip(0..);
    for size in [avatar::MESSAGE_SIZE, avatar::LIST_SIZE, avatar::LARGE_SIZE] {
        let line = gtk::Box::builder().spacing(18).build();
        for (show, (name, n)) in shows.iter().zip(&mut people) {
            let avatar = Avatar::new(size);
            avatar.set_person(name, &format!("person{n}@example.org"));
            avatar.set_show(*show);
            line.append(&avatar);
        }
        column.append(&line);
    }
    adw::Window::builder()
        .default_width(860)
        .content(&column)
        .build()
        .upcast()
}

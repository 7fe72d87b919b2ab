//! Stories of nicknames.

use super::Nicknames;
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{ConversationKind, Direction, FailureKind, MessageId, Route, Subscription, Timestamp},
    xmpp::{
        Cx, Effect, Extension, Link, Live,
        envelope::Envelope,
        rfc6121_presence,
        testing::{Stage, bare, stanza},
    },
};

fn stage() -> Stage {
    let mut stage = Stage::with(Nicknames::default());
    stage.has_contact("bob@example.net", Subscription::Both);
    stage.connect();
    stage.link.pep = true;
    stage
}

fn publishes(stage: &mut Stage, from: &str, nick: &str) -> crate::xmpp::testing::Outcome {
    stage.receive(&format!(
        "<message from='{from}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='http://jabber.org/protocol/nick'><item id='current'>{nick}</item></items></event></message>"
    ))
}

fn nick(text: &str) -> String {
    format!("<nick xmlns='http://jabber.org/protocol/nick' odd='1'>{text}</nick>")
}

fn nickname(stage: &mut Stage, jid: &str) -> String {
    let jid = bare(jid);
    stage.write(|txn, account| txn.nickname(account, &jid))
}

fn set(stage: &Stage, nickname: &str) -> Command {
    let (account, nickname) = (stage.account, nickname.to_owned());
    Command::Account(AccountCommand::SetNickname { account, nickname })
}

#[test]
fn contacts_name_themselves() {
    let mut stage = stage();
    let got = publishes(&mut stage, "bob@example.net", &nick("Bobby"));
    let (account, jid) = (stage.account, bare("bob@example.net"));
    assert!(
        got.events.contains(&Event::Profile { account, jid }),
        "{got:?}"
    );
    assert_eq!(nickname(&mut stage, "bob@example.net"), "Bobby");
    publishes(&mut stage, "bob@example.net", &nick(""));
    assert_eq!(nickname(&mut stage, "bob@example.net"), "");
}

#[test]
fn b16_names_are_plain_bounded_words_of_contacts_only() {
    let mut stage = stage();
    stage.has_contact("carol@example.net", Subscription::From);
    let name = format!(
        "\u{202e}Anna (verified ✓)\u{0}\n&lt;b&gt;{}",
        "x".repeat(1000)
    )
    .replace('\0', "");
    publishes(&mut stage, "bob@example.net", &nick(&name));
    let kept = nickname(&mut stage, "bob@example.net");
    assert!(kept.starts_with("Anna (verified ✓) <b>xxx"), "{kept}");
    assert_eq!(kept.chars().count(), 128);
    for from in [
        "mallory@evil.example",
        "carol@example.net",
        "bob@example.net/phone",
    ] {
        publishes(&mut stage, from, &nick("Evil"));
        let bare = from.split('/').next().unwrap_or_default().to_owned();
        assert_ne!(nickname(&mut stage, &bare), "Evil", "{from}");
    }
}

#[test]
fn something_else_at_the_node_is_no_name() {
    let mut stage = stage();
    publishes(&mut stage, "bob@example.net", "<odd xmlns='x'>Odd</odd>");
    assert_eq!(nickname(&mut stage, "bob@example.net"), "");
}

#[test]
fn our_name_is_kept_when_the_server_has_it() {
    let mut stage = stage();
    let command = set(&stage, " Alice\n");
    let asked = stage.command(&command);
    assert!(asked.sent[0].contains(">Alice</nick>"), "{asked:?}");
    let account = stage.account;
    assert_eq!(stage.write(|txn, _| txn.account(account)).nickname, "");
    let done = stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert_eq!(done.finished, Some(Ok(())));
    assert_eq!(done.events, [Event::Accounts]);
    assert_eq!(stage.write(|txn, _| txn.account(account)).nickname, "Alice");
}

#[test]
fn our_name_follows_other_devices() {
    let mut stage = stage();
    let account = stage.account;
    let got = publishes(&mut stage, "alice@example.org", &nick("Ally"));
    assert_eq!(got.events, [Event::Accounts]);
    assert_eq!(stage.write(|txn, _| txn.account(account)).nickname, "Ally");
    assert!(
        publishes(&mut stage, "alice@example.org", &nick("Ally"))
            .events
            .is_empty()
    );
}

#[test]
fn a_name_cannot_be_published_everywhere() {
    let mut stage = stage();
    stage.link.pep = false;
    let command = set(&stage, "Alice");
    let done = stage.command(&command);
    assert_eq!(done.finished, Some(Err(FailureKind::Unsupported.into())));
    stage.disconnect();
    let done = stage.command(&command);
    assert_eq!(done.finished, Some(Err(FailureKind::Offline.into())));
}

#[test]
fn requests_to_see_somebody_carry_our_name_and_presence_does_not() {
    let mut stage = stage();
    publishes(&mut stage, "alice@example.org", &nick("Ally"));
    assert!(!stage.own_presence().contains("Ally"));
    let mut stage = Stage::with(rfc6121_presence::PresenceTable::default());
    let account = stage.account;
    stage.write(|txn, _| {
        let mut own = txn.account(account)?;
        own.nickname = "Ally".into();
        txn.update_account(&own)
    });
    let jid = bare("carol@example.net");
    stage.command(&Command::Contact(
        crate::command::ContactCommand::AskAgain { account, jid },
    ));
    assert!(stage.outbox()[0].contains(">Ally</nick>"));
}

/// A message of this address comes in and is stored.
fn writes(stage: &mut Stage, from: &str) {
    let message = stanza(&format!(
        "<message from='{from}/x'><body>Hi</body>{}</message>",
        nick("Mal")
    ));
    let message = xmpp_parsers::message::Message::try_from(message).unwrap();
    let envelope = Envelope {
        from: message.from.clone().unwrap(),
        peer: bare(from),
        message,
        direction: Direction::Incoming,
        route: Route::Live,
        at: Timestamp(1),
        stanza_id: None,
    };
    let account = stage.account;
    let (live, settings) = (Live::default(), Default::default());
    stage.write(|txn, _| {
        let mut effects: Vec<Effect> = vec![];
        Nicknames::default().received(
            &mut Cx {
                txn,
                account: &txn.account(account)?,
                now: Timestamp(1),
                settings: &settings,
                link: &mut Link::new(bare("alice@example.org"), "q"),
                live: &live,
                effects: &mut effects,
            },
            &envelope,
            Some(MessageId(1)),
        )
    });
}

#[test]
fn strangers_introduce_themselves_and_contacts_do_not_rename_themselves_so() {
    let mut stage = stage();
    stage.write(|txn, account| {
        txn.conversation_with(
            account,
            &bare("mal@evil.example"),
            ConversationKind::Stranger,
        )
    });
    writes(&mut stage, "mal@evil.example");
    writes(&mut stage, "bob@example.net");
    assert_eq!(nickname(&mut stage, "mal@evil.example"), "Mal");
    assert_eq!(nickname(&mut stage, "bob@example.net"), "");
}

//! Stories of presence and of those who ask to see it.

use super::{MAX_RESOURCES, PresenceTable, broadcast};
use crate::{
    command::{AccountCommand, Command, ContactCommand},
    event::Event,
    model::{FailureKind, OwnPresence, RequestKind, Show, Subscription},
    xmpp::testing::{Stage, bare},
};

fn stage() -> Stage {
    let mut stage = Stage::with(PresenceTable::default());
    stage.has_contact("bob@example.net", Subscription::Both);
    stage.connect();
    stage.link.announced = true;
    stage
}

fn bob(stage: &Stage) -> crate::model::Presence {
    stage.live.presence(stage.account, &bare("bob@example.net"))
}

fn shows(stage: &mut Stage, resource: &str, inside: &str) -> bool {
    let shown = stage.receive(&format!(
        "<presence from='bob@example.net/{resource}'>{inside}</presence>"
    ));
    !shown.events.is_empty()
}

#[test]
fn our_presence_says_what_was_chosen() {
    let xml = |show, status: &str| {
        let status = status.to_owned();
        String::from(&minidom::Element::from(broadcast(&OwnPresence {
            show,
            status,
        })))
    };
    assert!(!xml(Show::Online, "").contains("show"));
    assert!(xml(Show::DoNotDisturb, "").contains(">dnd</"));
    assert!(xml(Show::ExtendedAway, "on a\u{0}\ntrain").contains(">on a train</"));
    assert!(!xml(Show::Online, "").contains("type="));
}

#[test]
fn the_best_resource_is_shown() {
    let mut stage = stage();
    shows(&mut stage, "phone", "<show>away</show><status>out</status>");
    assert_eq!(
        (bob(&stage).show, bob(&stage).status.as_str()),
        (Show::Away, "out")
    );
    shows(&mut stage, "desk", "<show>chat</show>");
    assert_eq!(bob(&stage).show, Show::Chat);
    shows(
        &mut stage,
        "phone",
        "<show>away</show><priority>5</priority>",
    );
    assert_eq!(bob(&stage).show, Show::Away);
    assert_eq!(bob(&stage).resources.len(), 2);
    stage.receive("<presence from='bob@example.net/phone' type='unavailable'/>");
    assert_eq!(bob(&stage).show, Show::Chat);
    stage.receive("<presence from='bob@example.net/desk' type='unavailable'/>");
    assert_eq!(bob(&stage).show, Show::Offline);
    assert!(stage.live.presences(stage.account).is_empty());
}

#[test]
fn the_same_presence_again_is_no_news() {
    let mut stage = stage();
    assert!(shows(&mut stage, "a", "<status>x</status>"));
    assert!(!shows(
        &mut stage,
        "a",
        "<status>x</status><odd xmlns='x'/>"
    ));
}

#[test]
fn strangers_and_the_blocked_show_nothing() {
    let mut stage = stage();
    stage.has_contact("carol@example.net", Subscription::From);
    stage.write(|txn, account| txn.change_blocked(account, &["bob@example.net".into()], &[]));
    for from in [
        "mallory@evil.example/x",
        "carol@example.net/x",
        "bob@example.net/x",
    ] {
        let shown = stage.receive(&format!("<presence from='{from}'/>"));
        assert!(shown.handled && shown.events.is_empty(), "{from}");
    }
    assert!(stage.receive("<presence/>").handled);
    assert!(stage.live.presences(stage.account).is_empty());
}

#[test]
fn resources_of_one_contact_are_bounded() {
    let mut stage = stage();
    for n in 0..100 {
        shows(&mut stage, &format!("r{n}"), "");
    }
    assert_eq!(bob(&stage).resources.len(), MAX_RESOURCES);
}

#[test]
fn j78_status_text_is_bounded_and_cleaned() {
    let mut stage = stage();
    shows(
        &mut stage,
        "a",
        &format!("<status>\u{202e}&lt;b&gt;{}</status>", "x".repeat(100_000)),
    );
    assert_eq!(bob(&stage).status.chars().count(), 512);
    assert!(bob(&stage).status.starts_with("<b>x"));
}

#[test]
fn an_unreachable_server_shows_its_contact_offline() {
    let mut stage = stage();
    shows(&mut stage, "a", "");
    stage.receive(
        "<presence from='bob@example.net' type='error'><error type='cancel'>\
         <remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    );
    assert_eq!(bob(&stage).show, Show::Offline);
}

#[test]
fn other_devices_of_ours_are_seen_and_this_one_is_not() {
    let mut stage = stage();
    stage.receive("<presence from='alice@example.org/tessera.1'/>");
    assert!(stage.live.presences(stage.account).is_empty());
    stage.receive("<presence from='alice@example.org/phone'><show>away</show></presence>");
    let own = stage
        .live
        .presence(stage.account, &bare("alice@example.org"));
    assert_eq!(own.resources[0].resource, "phone");
}

#[test]
fn a_lost_session_forgets_everybody() {
    let mut stage = stage();
    shows(&mut stage, "a", "");
    assert!(stage.resume().sent.is_empty());
    assert_eq!(bob(&stage).show, Show::Online);
    let lost = stage.disconnect();
    assert_eq!(bob(&stage).show, Show::Offline);
    assert!(
        lost.events
            .iter()
            .any(|e| matches!(e, Event::Presence { .. }))
    );
}

#[test]
fn b16_requests_wait_in_the_inbox_and_nothing_is_answered() {
    let mut stage = stage();
    let asked = stage.receive(
        "<presence from='carol@example.net/x' type='subscribe'><status>It's \u{200b}me</status>\
         <nick xmlns='http://jabber.org/protocol/nick'>Carol\u{202e} &lt;b&gt;</nick></presence>",
    );
    assert!(asked.sent.is_empty() && stage.outbox().is_empty());
    assert_eq!(asked.events, [Event::Requests]);
    let requests = stage.reader().requests().unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].jid, bare("carol@example.net"));
    assert_eq!(requests[0].kind, RequestKind::Subscription);
    assert_eq!(requests[0].nickname, "Carol <b>");
    assert_eq!(requests[0].text, "It's me");
}

#[test]
fn b16_a_storm_of_requests_is_bounded() {
    let mut stage = stage();
    for n in 0..1100 {
        stage.receive(&format!(
            "<presence from='m{n}@evil.example' type='subscribe'/>"
        ));
    }
    stage.receive("<presence from='m7@evil.example' type='subscribe'/>");
    assert!(stage.reader().requests().unwrap().len() <= 1000);
}

#[test]
fn b16_unsolicited_answers_change_nothing() {
    let mut stage = stage();
    for kind in ["subscribed", "probe"] {
        let got = stage.receive(&format!(
            "<presence from='mallory@evil.example' type='{kind}'/>"
        ));
        assert!(got.handled && got.events.is_empty() && got.sent.is_empty());
    }
    assert_eq!(stage.reader().roster(stage.account).unwrap().len(), 1);
}

#[test]
fn a_request_that_is_taken_back_leaves_the_inbox() {
    let mut stage = stage();
    stage.receive("<presence from='carol@example.net' type='subscribe'/>");
    stage.receive("<presence from='carol@example.net' type='unsubscribe'/>");
    assert!(stage.reader().requests().unwrap().is_empty());
}

#[test]
fn k90_requests_of_the_blocked_and_of_oneself_are_dropped() {
    let mut stage = stage();
    stage.write(|txn, account| txn.change_blocked(account, &["evil.example".into()], &[]));
    for from in ["m@evil.example", "alice@example.org"] {
        stage.receive(&format!("<presence from='{from}' type='subscribe'/>"));
    }
    assert!(stage.reader().requests().unwrap().is_empty() && stage.outbox().is_empty());
}

#[test]
fn who_may_see_us_already_is_told_so_again() {
    let mut stage = stage();
    stage.receive("<presence from='bob@example.net' type='subscribe'/>");
    assert!(stage.outbox()[0].contains("type='subscribed'"));
    assert!(stage.reader().requests().unwrap().is_empty());
}

#[test]
fn who_does_not_let_us_see_any_more_shows_nothing() {
    let mut stage = stage();
    shows(&mut stage, "a", "");
    stage.receive("<presence from='bob@example.net' type='unsubscribed'/>");
    assert_eq!(bob(&stage).show, Show::Offline);
}

#[test]
fn decisions_survive_a_lost_connection() {
    let mut stage = stage();
    stage.receive("<presence from='carol@example.net' type='subscribe'/>");
    let (account, jid) = (stage.account, bare("carol@example.net"));
    let add = true;
    let done = stage.command(&Command::Contact(ContactCommand::Approve {
        account,
        jid,
        add,
    }));
    assert_eq!(done.finished, Some(Ok(())));
    assert_eq!(done.effects.len(), 2, "{done:?}");
    let outbox = stage.outbox();
    assert!(
        outbox[0].contains("type='subscribed'") && outbox[0].contains("to='carol@example.net'")
    );
    assert!(outbox[1].contains("type='subscribe'"));
    assert!(stage.reader().requests().unwrap().is_empty());
}

#[test]
fn nobody_is_approved_before_asking_where_the_server_would_drop_it() {
    let mut stage = stage();
    let (account, jid) = (stage.account, bare("carol@example.net"));
    let add = false;
    let approve = Command::Contact(ContactCommand::Approve { account, jid, add });
    let done = stage.command(&approve);
    assert_eq!(done.finished, Some(Err(FailureKind::Unsupported.into())));
    assert!(stage.outbox().is_empty());
    stage.link.pre_approval = true;
    assert_eq!(stage.command(&approve).finished, Some(Ok(())));
    assert_eq!(stage.outbox().len(), 1, "and nothing is asked in return");
}

#[test]
fn denying_refuses_and_asking_again_asks() {
    let mut stage = stage();
    let (account, jid) = (stage.account, bare("carol@example.net"));
    stage.receive("<presence from='carol@example.net' type='subscribe'/>");
    stage.command(&Command::Contact(ContactCommand::Deny {
        account,
        jid: jid.clone(),
    }));
    assert!(stage.reader().requests().unwrap().is_empty());
    stage.command(&Command::Contact(ContactCommand::AskAgain { account, jid }));
    let outbox = stage.outbox();
    assert!(outbox[0].contains("type='unsubscribed'") && outbox[1].contains("type='subscribe'"));
}

#[test]
fn another_presence_is_kept_and_sent() {
    let mut stage = stage();
    let presence = OwnPresence {
        show: Show::Away,
        status: "on a train".into(),
    };
    let command = Command::Account(AccountCommand::SetPresence {
        account: Some(stage.account),
        presence: presence.clone(),
    });
    let done = stage.command(&command);
    assert_eq!(done.finished, Some(Ok(())));
    assert!(
        done.sent[0].contains(">away</show>") && !done.sent[0].contains(" to="),
        "{done:?}"
    );
    let account = stage.account;
    assert_eq!(
        stage.write(|txn, _| txn.account(account)).presence,
        presence
    );
}

#[test]
fn a_presence_chosen_while_the_connection_was_gone_is_sent_when_it_is_back() {
    let mut stage = stage();
    let command = Command::Account(AccountCommand::SetPresence {
        account: None,
        presence: OwnPresence {
            show: Show::DoNotDisturb,
            status: String::new(),
        },
    });
    stage.command(&command);
    assert!(stage.resume().sent[0].contains(">dnd</show>"));
    assert!(stage.resume().sent.is_empty());
}

#[test]
fn whoever_was_added_may_see_us_in_return_unless_that_was_taken_back() {
    let mut stage = stage();
    stage.has_contact("carol@example.net", Subscription::To);
    stage.receive("<presence from='carol@example.net' type='subscribe'/>");
    assert!(stage.outbox()[0].contains("type='subscribed'"));
    assert!(stage.reader().requests().unwrap().is_empty());

    let (account, jid) = (stage.account, bare("carol@example.net"));
    stage.command(&Command::Contact(ContactCommand::Deny { account, jid }));
    let before = stage.outbox().len();
    stage.receive("<presence from='carol@example.net' type='subscribe'/>");
    assert_eq!(stage.outbox().len(), before, "the person decides");
    assert_eq!(stage.reader().requests().unwrap().len(), 1);
}

//! Stories of blocked addresses.

use super::{Blocking, entries};
use crate::{
    command::{Command, ContactCommand},
    event::Event,
    model::{FailureKind, Presence, Show, Timestamp},
    xmpp::testing::{Stage, bare},
};

const FEATURE: &str = "urn:xmpp:blocking";

fn stage() -> Stage {
    let mut stage = Stage::with(Blocking::default());
    stage.connect();
    let query = stage.discover(&[FEATURE], &[]).query_id();
    stage.receive(&format!(
        "<iq type='result' id='{query}'><blocklist xmlns='urn:xmpp:blocking'><item jid='old@evil.example'/></blocklist></iq>"
    ));
    stage
}

fn blocked(stage: &Stage) -> Vec<String> {
    stage.reader().blocked(stage.account).unwrap()
}

fn block(stage: &Stage, jid: &str) -> Command {
    let (account, jid) = (stage.account, bare(jid));
    Command::Contact(ContactCommand::Block { account, jid })
}

#[test]
fn a_list_is_read_without_what_cannot_be_read() {
    let list = "<blocklist xmlns='urn:xmpp:blocking'><item jid='a@b.c'/><item/><item jid='@'/><odd/>\
                <item xmlns='x' jid='d@e.f'/><item jid='b.c' odd='1'><odd xmlns='x'/></item><item jid='a@b.c/r'/></blocklist>";
    let jids: Vec<String> = entries(&list.parse().unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(jids, ["a@b.c", "b.c", "a@b.c/r"]);
}

#[test]
fn the_list_is_fetched_from_a_server_that_has_one() {
    assert_eq!(blocked(&stage()), ["old@evil.example"]);
    let mut without = Stage::with(Blocking::default());
    without.connect();
    assert!(without.discover(&[], &[]).sent.is_empty());
    let command = block(&without, "m@evil.example");
    let done = without.command(&command);
    assert_eq!(done.finished, Some(Err(FailureKind::Unsupported.into())));
}

#[test]
fn blocking_hides_somebody_once_the_server_agrees() {
    let mut stage = stage();
    let jid = bare("m@evil.example");
    stage.write(|txn, account| {
        txn.add_subscription_request(account, &bare("m@evil.example"), "", "", Timestamp(1))
    });
    let online = Presence {
        show: Show::Online,
        ..Presence::default()
    };
    stage.live.set_presence(stage.account, &jid, Some(online));
    let command = block(&stage, "m@evil.example");
    let asked = stage.command(&command);
    assert!(asked.sent[0].contains("<block ") && asked.sent[0].contains("jid='m@evil.example'"));
    assert!(asked.finished.is_none() && blocked(&stage).len() == 1);
    let done = stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert_eq!(done.finished, Some(Ok(())));
    assert_eq!(blocked(&stage).len(), 2);
    assert!(done.events.contains(&Event::Blocked(stage.account)));
    assert!(done.events.contains(&Event::Requests));
    assert_eq!(
        stage.live.presence(stage.account, &jid),
        Presence::default()
    );
}

#[test]
fn a_refusal_blocks_nobody() {
    let mut stage = stage();
    let command = block(&stage, "m@evil.example");
    let query = stage.command(&command).query_id();
    let done = stage.receive(&format!(
        "<iq type='error' id='{query}'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    ));
    assert!(done.finished.unwrap().is_err());
    assert_eq!(blocked(&stage), ["old@evil.example"]);
}

#[test]
fn unblocking_is_the_way_back() {
    let mut stage = stage();
    let (account, jid) = (stage.account, bare("old@evil.example"));
    let asked = stage.command(&Command::Contact(ContactCommand::Unblock {
        account,
        jid: jid.into(),
    }));
    assert!(asked.sent[0].contains("<unblock "));
    stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert!(blocked(&stage).is_empty());
}

#[test]
fn pushes_follow_other_devices() {
    let mut stage = stage();
    let pushed = stage.receive(
        "<iq type='set' id='p'><block xmlns='urn:xmpp:blocking'><item jid='evil.example'/></block></iq>",
    );
    assert!(pushed.sent[0].contains("type='result'"));
    assert_eq!(blocked(&stage).len(), 2);
    stage.receive(
        "<iq type='set' id='p' from='alice@example.org'><unblock xmlns='urn:xmpp:blocking'><item jid='evil.example'/></unblock></iq>",
    );
    assert_eq!(blocked(&stage).len(), 1);
    stage.receive("<iq type='set' id='p'><unblock xmlns='urn:xmpp:blocking'/></iq>");
    assert!(blocked(&stage).is_empty());
}

#[test]
fn b12_pushes_of_anybody_else_change_nothing() {
    let mut stage = stage();
    for from in [
        "mallory@evil.example/x",
        "alice@example.org/phone",
        "example.org",
    ] {
        for payload in [
            "<unblock xmlns='urn:xmpp:blocking'/>",
            "<block xmlns='urn:xmpp:blocking'><item jid='bob@example.net'/></block>",
        ] {
            let got = stage.receive(&format!(
                "<iq type='set' id='p' from='{from}'>{payload}</iq>"
            ));
            assert!(!got.handled && got.events.is_empty(), "{from}");
        }
    }
    assert_eq!(blocked(&stage), ["old@evil.example"]);
}

#[test]
fn entries_that_cannot_be_read_do_not_unblock_everybody() {
    let mut stage = stage();
    for payload in [
        "<unblock xmlns='urn:xmpp:blocking'><item/></unblock>",
        "<block xmlns='urn:xmpp:blocking'/>",
    ] {
        let got = stage.receive(&format!("<iq type='set' id='p'>{payload}</iq>"));
        assert!(!got.handled);
    }
    assert_eq!(blocked(&stage), ["old@evil.example"]);
}

//! Changing the password, and leaving for good.

use super::Registration;
use crate::{
    command::{AccountCommand, Command},
    model::{FailureKind, Secret},
    xmpp::{
        Effect,
        testing::{Outcome, Stage},
    },
};

fn stage() -> Stage {
    let mut stage = Stage::with(Registration::default());
    stage.connect();
    stage
}

fn change(stage: &mut Stage, password: &str) -> Outcome {
    let (account, password) = (stage.account, Secret::new(password));
    stage.command(&Command::Account(AccountCommand::ChangePassword {
        account,
        password,
    }))
}

fn remove(stage: &mut Stage, on_server: bool) -> Outcome {
    let account = stage.account;
    stage.command(&Command::Account(AccountCommand::Remove {
        account,
        on_server,
    }))
}

fn error(query: &str, condition: &str) -> String {
    format!(
        "<iq type='error' id='{query}'><error type='auth'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

#[test]
fn a_new_password_is_kept_when_the_server_has_it() {
    let mut stage = stage();
    let asked = change(&mut stage, "c<>&'\"ñ");
    assert!(asked.sent[0].contains("to='example.org'"), "{asked:?}");
    assert!(asked.sent[0].contains("<username>alice</username>"));
    assert!(asked.effects.is_empty());
    let done = stage.receive(&format!(
        "<iq type='result' id='{}' from='example.org'/>",
        asked.query_id()
    ));
    assert_eq!(done.finished, Some(Ok(())));
    let [Effect::KeepPassword(kept)] = done.effects.as_slice() else {
        panic!("{done:?}")
    };
    assert_eq!(kept.reveal(), "c<>&'\"ñ");
}

#[test]
fn a_refused_password_is_not_kept() {
    let mut stage = stage();
    let query = change(&mut stage, "new").query_id();
    let done =
        stage.receive(&error(&query, "not-allowed").replace("<iq", "<iq from='example.org'"));
    let failure = done.finished.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused("not-allowed".into()));
    assert!(done.effects.is_empty());
    change(&mut stage, "new");
    let lost = stage.disconnect();
    assert!(lost.finished.unwrap().is_err() && lost.effects.is_empty());
}

#[test]
fn b13_somebody_else_cannot_say_that_the_password_changed() {
    let mut stage = stage();
    let query = change(&mut stage, "new").query_id();
    let got = stage.receive(&format!(
        "<iq type='result' id='{query}' from='mallory@evil.example'/>"
    ));
    assert!(got.effects.is_empty() && got.finished.is_none());
}

#[test]
fn passwords_that_cannot_be_sent_are_refused() {
    let mut stage = stage();
    for bad in ["", "a\u{0}b", "\u{1b}"] {
        let done = change(&mut stage, bad);
        assert_eq!(done.finished, Some(Err(FailureKind::BadInput.into())));
        assert!(done.sent.is_empty());
    }
}

#[test]
fn the_account_is_deleted_on_the_server_first() {
    let mut stage = stage();
    let asked = remove(&mut stage, true);
    assert!(asked.sent[0].contains("<remove") && !asked.sent[0].contains(" to="));
    let done = stage.receive(&error(&asked.query_id(), "forbidden"));
    assert!(done.finished.unwrap().is_err() && done.effects.is_empty());
    let asked = remove(&mut stage, true);
    let done = stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert!(matches!(done.effects.as_slice(), [Effect::AccountDeleted]));
    assert_eq!(done.finished, Some(Ok(())));
}

#[test]
fn removing_it_only_here_is_not_for_the_server() {
    let mut stage = stage();
    let got = remove(&mut stage, false);
    assert!(!got.handled && got.sent.is_empty());
}

#[test]
fn without_a_connection_nothing_is_changed() {
    let mut stage = Stage::with(Registration::default());
    for done in [change(&mut stage, "new"), remove(&mut stage, true)] {
        assert_eq!(done.finished, Some(Err(FailureKind::Offline.into())));
        assert!(done.sent.is_empty());
    }
}

#[test]
fn no_password_shows_when_effects_are_printed() {
    let effects = [
        Effect::KeepPassword(Secret::new("hunter2")),
        Effect::Transmit(
            "<iq xmlns='jabber:client'><password>hunter2</password></iq>"
                .parse()
                .unwrap(),
        ),
    ];
    assert!(!format!("{effects:?}").contains("hunter2"));
}

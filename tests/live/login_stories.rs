//! Logging in, and everything that can be wrong with it.

use tessera::{
    command::{AccountCommand, Command},
    model::{
        CertificateProblem, CertificateReason, ConnectionState, FailureKind, PasswordStorage,
        Secret,
    },
};

use crate::{
    certificates::{self, Certificate},
    client::{Client, Session, new_account},
    ejabberd::Ejabberd,
    prosody::{DOMAIN, Prosody, Wishes, endpoint, free_port, password_of},
};

pub(crate) fn logs_in_and_out() {
    let server = Prosody::with(&["alice"]);
    let alice = Session::login("alice", server.endpoint());
    let ConnectionState::Online { jid } = alice.state() else {
        panic!("{:?}", alice.state());
    };
    assert_eq!(jid.to_bare(), alice.jid);
    server.logs(&["RECV: <enable", "urn:xmpp:sm:3"]);
    alice.account(AccountCommand::Disconnect);
    alice.reaches("being offline", |state| {
        (*state == ConnectionState::Offline).then_some(())
    });
}

pub(crate) fn logs_in_with_tls_from_the_first_byte() {
    let server = Prosody::with(&["alice"]);
    Session::login("alice", server.direct_endpoint());
}

pub(crate) fn logs_in_to_ejabberd() {
    let server = Ejabberd::with(&["alice"]);
    Session::login("alice", server.endpoint());
}

pub(crate) fn a_wrong_password_is_final_until_corrected() {
    let server = Prosody::with(&["alice"]);
    let client = Client::start();
    let account = client.adds(new_account("alice", server.endpoint()), "not the secret");
    let alice = Session {
        jid: crate::client::address("alice"),
        client,
        account,
    };
    assert_eq!(alice.stops(), FailureKind::WrongPassword);
    alice.account(|account| AccountCommand::SupplyPassword {
        account,
        password: Secret::new(password_of("alice")),
        storage: PasswordStorage::Keyring,
    });
    alice.is_online();
    let mut alice = alice;
    alice.client.restart();
    alice.is_online();
}

pub(crate) fn a_password_that_is_not_kept_is_asked_for_at_each_start() {
    let server = Prosody::with(&["alice"]);
    let client = Client::start();
    let mut new = new_account("alice", server.endpoint());
    new.password_storage = PasswordStorage::Ask;
    let account = client.adds(new, &password_of("alice"));
    let mut alice = Session {
        jid: crate::client::address("alice"),
        client,
        account,
    };
    alice.is_online();
    alice.client.restart();
    assert_eq!(alice.stops(), FailureKind::PasswordNeeded);
    alice.account(|account| AccountCommand::SupplyPassword {
        account,
        password: Secret::new(password_of("alice")),
        storage: PasswordStorage::Ask,
    });
    alice.is_online();
}

pub(crate) fn trying_a_login_keeps_nothing() {
    let server = Prosody::with(&["alice"]);
    let client = Client::start();
    let account = new_account("alice", server.endpoint());
    let (right, wrong) = (Secret::new(password_of("alice")), Secret::new("wrong"));
    let tried = client.wait_for(client.handle().try_login(&account, &right));
    assert_eq!(tried, Ok(()));
    let tried = client.wait_for(client.handle().try_login(&account, &wrong));
    assert_eq!(
        tried.map_err(|failure| failure.kind),
        Err(FailureKind::WrongPassword)
    );
    assert_eq!(client.reader().accounts().expect("readable"), []);
}

pub(crate) fn a_server_that_is_not_there_is_tried_again() {
    let alice = Session::begin(Client::start(), "alice", endpoint(free_port()));
    let kind = alice.reaches("waiting", waiting_for);
    assert_eq!(kind, FailureKind::Unreachable);
}

pub(crate) fn a_host_that_does_not_exist_is_said_so() {
    let mut nowhere = endpoint(5222);
    nowhere.host = "nowhere.invalid".into();
    let alice = Session::begin(Client::start(), "alice", nowhere);
    let kind = alice.reaches("waiting", waiting_for);
    assert!(
        matches!(
            kind,
            FailureKind::NoSuchServer | FailureKind::Unreachable | FailureKind::Timeout
        ),
        "{kind:?}"
    );
}

pub(crate) fn a_self_signed_certificate_stops_until_it_is_pinned() {
    let certificate = certificates::self_signed(DOMAIN);
    let problem = refused(&certificate, CertificateReason::UnknownIssuer);
    assert_eq!(problem.summary.expect("a summary").names, [DOMAIN]);

    let server = serving(&certificate);
    let mut alice = Session::begin(Client::start(), "alice", server.endpoint());
    let problem = stopped_certificate(&alice);
    alice.account(|account| AccountCommand::PinCertificate {
        account,
        fingerprint: problem.sha256,
    });
    alice.is_online();
    alice.client.restart();
    alice.is_online();
}

pub(crate) fn a_pinned_certificate_that_changes_stops_again() {
    let first = certificates::self_signed(DOMAIN);
    let mut server = serving(&first);
    let alice = Session::begin(Client::start(), "alice", server.endpoint());
    let problem = stopped_certificate(&alice);
    alice.account(|account| AccountCommand::PinCertificate {
        account,
        fingerprint: problem.sha256,
    });
    alice.is_online();

    let second = certificates::self_signed(DOMAIN);
    server.replace_certificate(&second);
    server.restart();
    let problem = stopped_certificate(&alice);
    assert_eq!(problem.reason, CertificateReason::PinChanged);
    assert_eq!(problem.sha256, second.sha256);
    assert_eq!(problem.pinned, Some(first.sha256));
}

pub(crate) fn a_certificate_for_another_name_is_refused() {
    let names = vec!["other.example".to_owned()];
    refused(
        &certificates::valid("other.example"),
        CertificateReason::WrongName { names },
    );
}

pub(crate) fn a_certificate_for_the_address_of_the_server_is_refused() {
    let names = vec!["127.0.0.1".to_owned()];
    refused(
        &certificates::valid("127.0.0.1"),
        CertificateReason::WrongName { names },
    );
}

pub(crate) fn an_expired_certificate_is_refused() {
    refused(&certificates::expired(DOMAIN), CertificateReason::Expired);
}

pub(crate) fn a_certificate_of_the_future_is_refused() {
    refused(
        &certificates::not_yet_valid(DOMAIN),
        CertificateReason::NotYetValid,
    );
}

pub(crate) fn plain_passwords_are_sent_only_when_allowed() {
    let server = Wishes::default()
        .accounts(&["alice"])
        .line(r#"disable_sasl_mechanisms = { "SCRAM-SHA-1", "SCRAM-SHA-256" }"#)
        .start();
    let alice = Session::begin(Client::start(), "alice", server.endpoint());
    assert_eq!(alice.stops(), FailureKind::PlainRefused);
    assert!(
        !server
            .received_stanzas()
            .iter()
            .any(|stanza| stanza.contains("<auth")),
        "something of the login was sent"
    );
    alice.account(|account| AccountCommand::AllowPlain {
        account,
        allow: true,
    });
    alice.is_online();
}

pub(crate) fn a_server_that_offers_less_than_before_is_refused() {
    let mut server = Prosody::with(&["alice"]);
    let alice = Session::begin(Client::start(), "alice", server.endpoint());
    alice.account(|account| AccountCommand::AllowPlain {
        account,
        allow: true,
    });
    alice.is_online();
    server.replace_in_configuration(
        "VirtualHost",
        "disable_sasl_mechanisms = { \"SCRAM-SHA-1\"; \"SCRAM-SHA-256\" };\nVirtualHost",
    );
    server.restart();
    let kind = alice.stops();
    assert_eq!(
        kind,
        FailureKind::WeakerLogin {
            before: "SCRAM-SHA-1".into(),
            now: "PLAIN".into()
        }
    );
    alice.account(AccountCommand::AcceptWeakerLogin);
    alice.is_online();
}

pub(crate) fn the_password_shows_nowhere_on_disk() {
    let server = Prosody::with(&["alice"]);
    let mut alice = Session::login("alice", server.endpoint());
    alice.client.quit();
    let folder = alice.client.database();
    for entry in std::fs::read_dir(folder.parent().expect("a folder")).expect("readable") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("readable");
        for secret in [password_of("alice"), DOMAIN.to_owned()] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} can be read on the disk");
        }
    }
}

pub(crate) fn several_accounts_at_once() {
    let server = Prosody::with(&["alice", "bob", "carol"]);
    let client = Client::start();
    let ids: Vec<_> = ["alice", "bob", "carol"]
        .into_iter()
        .map(|name| client.adds(new_account(name, server.endpoint()), &password_of(name)))
        .collect();
    client.until("all are online", |handle| {
        ids.iter()
            .all(|id| handle.live().connection(*id).is_online())
            .then_some(())
    });
    client.does(Command::Account(AccountCommand::Disconnect(ids[1])));
    client.until("one is offline", |handle| {
        (handle.live().connection(ids[1]) == ConnectionState::Offline).then_some(())
    });
    assert!(client.handle().live().connection(ids[0]).is_online());
    client.does(Command::Account(AccountCommand::Remove {
        account: ids[2],
        on_server: false,
    }));
    let left: Vec<_> = client
        .reader()
        .accounts()
        .expect("readable")
        .iter()
        .map(|account| account.id)
        .collect();
    assert_eq!(left, ids[..2]);
}

fn waiting_for(state: &ConnectionState) -> Option<FailureKind> {
    match state {
        ConnectionState::Waiting { failure, .. } => Some(failure.kind.clone()),
        ConnectionState::Offline
        | ConnectionState::Connecting(_)
        | ConnectionState::Online { .. }
        | ConnectionState::Stopped(_) => None,
    }
}

fn serving(certificate: &Certificate) -> Prosody {
    Wishes::default()
        .accounts(&["alice"])
        .certificate(certificate.clone())
        .start()
}

/// A server with this certificate is refused for this reason, before anything of the login is sent.
fn refused(certificate: &Certificate, reason: CertificateReason) -> CertificateProblem {
    let server = serving(certificate);
    let alice = Session::begin(Client::start(), "alice", server.endpoint());
    let problem = stopped_certificate(&alice);
    assert_eq!(problem.reason, reason);
    assert_eq!(problem.sha256, certificate.sha256);
    assert_eq!(problem.domain, DOMAIN);
    assert!(
        !server
            .received_stanzas()
            .iter()
            .any(|stanza| stanza.contains("<auth")),
        "something of the login was sent"
    );
    problem
}

fn stopped_certificate(session: &Session) -> CertificateProblem {
    match session.stops() {
        FailureKind::Certificate(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

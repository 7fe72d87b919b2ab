//! Making an account on a server with the form that it sends (XEP-0077).

use tessera::model::{CertificateProblem, Endpoint, Failure, FailureKind, Form};

use crate::{
    certificates,
    client::{Client, Session, address},
    ejabberd::Ejabberd,
    prosody::{DOMAIN, Prosody, Wishes, password_of},
};

pub(crate) fn an_account_is_made_with_the_fields_of_prosody() {
    let server = Prosody::with(&["alice"]);
    registers_and_logs_in(&server.endpoint());
}

pub(crate) fn an_account_is_made_with_the_form_of_ejabberd() {
    let server = Ejabberd::with(&["alice"]);
    registers_and_logs_in(&server.endpoint());
}

/// A name that is taken is said so, on the same form; another one works, and can log in.
fn registers_and_logs_in(endpoint: &Endpoint) {
    let client = Client::start();
    let form = asked(&client, endpoint).expect("a form");
    assert!(form.fields.iter().any(|field| field.var == "username"));
    let taken = client.wait_for(client.handle().register(DOMAIN, filled(&form, "alice")));
    assert_eq!(
        taken.expect_err("a taken name").kind,
        FailureKind::NameTaken
    );
    let jid = client
        .wait_for(client.handle().register(DOMAIN, filled(&form, "newcomer")))
        .expect("a free name");
    assert_eq!(jid, address("newcomer"));
    let session = Session::begin(client, "newcomer", endpoint.clone());
    session.is_online();
}

pub(crate) fn a_server_that_registers_nobody_says_so() {
    let server = Wishes::default()
        .without("register")
        .line("allow_registration = false;")
        .start();
    let client = Client::start();
    let refused = asked(&client, &server.endpoint()).expect_err("no form");
    assert_eq!(refused.kind, FailureKind::Unsupported);
}

pub(crate) fn nobody_registers_behind_a_certificate_that_is_not_valid() {
    let server = Wishes::default()
        .certificate(certificates::self_signed(DOMAIN))
        .start();
    let client = Client::start();
    let refused = asked(&client, &server.endpoint()).expect_err("no form");
    let FailureKind::Certificate(problem) = refused.kind else {
        panic!("{refused:?}");
    };
    let CertificateProblem {
        sha256: fingerprint,
        ..
    } = *problem;
    let pinned = client.wait_for(client.handle().registration_form(
        DOMAIN,
        Some(server.endpoint()),
        None,
        Some(fingerprint),
    ));
    assert!(pinned.is_ok(), "{pinned:?}");
}

fn asked(client: &Client, endpoint: &Endpoint) -> Result<Form, Failure> {
    client.wait_for(
        client
            .handle()
            .registration_form(DOMAIN, Some(endpoint.clone()), None, None),
    )
}

fn filled(form: &Form, name: &str) -> Form {
    let mut form = form.clone();
    for field in &mut form.fields {
        match field.var.as_str() {
            "username" => field.values = vec![name.to_owned()],
            "password" => field.values = vec![password_of(name)],
            _ => {}
        }
    }
    form
}

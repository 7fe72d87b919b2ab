//! Creating an account with the form of a server.

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    command::{AccountCommand, Command},
    model::{FailureKind, Field, FieldKind, FieldOption, Form, Secret},
    ui::{
        account::{form_view::FormView, registration::RegistrationWindow},
        dialog,
    },
};

use crate::{
    script::{Script, click, close_all, find, jid, says, store, type_into},
    stage::{by_name, prepare, settle, wait},
};

fn field(var: &str, kind: FieldKind) -> Field {
    Field {
        var: var.into(),
        label: String::new(),
        kind,
        required: true,
        values: vec![],
    }
}

fn simple() -> Form {
    Form {
        fields: vec![
            field("username", FieldKind::Text),
            field("password", FieldKind::Password),
        ],
        ..Form::default()
    }
}

fn open(script: &Script) -> gtk::Window {
    let handle = script.handle(store(&[], |_| Ok(())));
    let window = dialog::open(RegistrationWindow::builder().launch(handle).detach(), None);
    settle();
    window
}

#[gtk::test]
fn a_taken_name_stays_on_the_form_and_another_one_logs_in() {
    let script = Script::new();
    script.serve(simple());
    script.answer_form(Err(FailureKind::NameTaken.into()));
    script.answer_form(Ok(jid("alice2@example.org")));
    let window = open(&script);
    type_into(&window, "server", "example.org");
    settle();
    click(&window, "go-on");
    wait("the form is there", || {
        find::<gtk::Widget>(&window, "field-username").is_some()
    });
    click(&window, "go-on");
    settle();
    assert!(says(&window, "problem-text").contains("User name"));
    assert!(script.forms_sent().is_empty());
    type_into(&window, "field-username", "alice");
    type_into(&window, "field-password", "correct horse");
    settle();
    click(&window, "go-on");
    wait("it is told", || {
        says(&window, "problem-title").contains("taken")
    });
    let name: adw::EntryRow = by_name(&window, "field-username");
    assert_eq!(name.text(), "alice");
    name.set_text("alice2");
    settle();
    click(&window, "go-on");
    wait("the window closes", || !window.is_visible());
    let sent = script.forms_sent();
    assert_eq!(sent[1].fields[0].values, ["alice2"]);
    assert_eq!(sent[1].fields[1].values, ["correct horse"]);
    let commands = script.commands();
    let [Command::Account(AccountCommand::Add { account, password })] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!(account.jid, jid("alice2@example.org"));
    assert_eq!(*password, Secret::new("correct horse"));
    close_all();
}

#[gtk::test]
fn a_new_form_keeps_what_was_typed() {
    let script = Script::new();
    script.serve(simple());
    let window = open(&script);
    type_into(&window, "server", "example.org");
    settle();
    click(&window, "go-on");
    wait("the form is there", || {
        find::<gtk::Widget>(&window, "field-username").is_some()
    });
    type_into(&window, "field-username", "alice");
    settle();
    let mut other = simple();
    other.fields.insert(0, field("x-new", FieldKind::Text));
    script.serve(other);
    click(&window, "new-form");
    wait("the new form is there", || {
        find::<gtk::Widget>(&window, "field-x-new").is_some()
    });
    assert_eq!(
        by_name::<adw::EntryRow>(&window, "field-username").text(),
        "alice"
    );
    close_all();
}

#[gtk::test]
fn a_bad_server_name_is_told_at_the_field() {
    let script = Script::new();
    let window = open(&script);
    for wrong in ["", "a b", "-x.org", "example.org/x"] {
        type_into(&window, "server", wrong);
        settle();
        click(&window, "go-on");
        settle();
        assert_ne!(says(&window, "field-error"), "", "{wrong}");
    }
    close_all();
}

#[gtk::test]
fn every_kind_of_field_gives_what_was_chosen() {
    prepare();
    let options = || {
        ["one", "two", "three"]
            .map(|value| FieldOption {
                label: format!("<b>{value}"),
                value: value.into(),
            })
            .to_vec()
    };
    let mut form = Form {
        title: "<span size='999999'>Big</span>".into(),
        fields: vec![
            field("text", FieldKind::Text),
            field("lines", FieldKind::Lines),
            field("switch", FieldKind::Switch),
            field("choice", FieldKind::Choice(options())),
            field("choices", FieldKind::Choices(options())),
            field("captcha", FieldKind::Captcha(None)),
            field("fixed", FieldKind::Fixed),
            field("FORM_TYPE", FieldKind::Hidden),
        ],
        ..Form::default()
    };
    form.fields[1].values = vec!["a".into(), "b".into()];
    form.fields[2].values = vec!["true".into()];
    form.fields[3].values = vec!["two".into()];
    form.fields[4].values = vec!["one".into(), "three".into()];
    form.fields[7].values = vec!["jabber:iq:register".into()];
    let view = FormView::new(form.clone(), None);
    view.set("text", "hello");
    view.set("captcha", " 42 ");
    let filled = view.filled();
    let values: Vec<_> = filled.fields.iter().map(|f| f.values.join("+")).collect();
    assert_eq!(
        values,
        [
            "hello",
            "a+b",
            "1",
            "two",
            "one+three",
            "42",
            "",
            "jabber:iq:register"
        ]
    );
    let hidden: adw::ExpanderRow = by_name(&view.root, "form-hidden");
    assert!(!hidden.is_expanded());
}

#[gtk::test]
fn ten_thousand_fields_are_bounded_and_all_go_back() {
    prepare();
    let form = Form {
        fields: (0..10_000)
            .map(|n| Field {
                required: false,
                values: vec![n.to_string()],
                ..field(&format!("f{n}"), FieldKind::Text)
            })
            .collect(),
        ..Form::default()
    };
    let view = FormView::new(form.clone(), None);
    assert!(find::<gtk::Widget>(&view.root, "field-f0").is_some());
    assert!(find::<gtk::Widget>(&view.root, "field-f9999").is_none());
    assert_eq!(view.filled(), form);
}

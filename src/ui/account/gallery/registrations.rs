//! Forms of servers, from the honest to the strange.

use std::{future::ready, io::Cursor};

use futures::{FutureExt, future::BoxFuture};
use image::{ImageFormat, Rgb, RgbImage};
use relm4::prelude::*;

use crate::{
    model::{BareJid, Failure, FailureKind, Field, FieldKind, FieldOption, Form, Picture},
    ui::{
        account::registration::{Input, RegistrationWindow},
        gallery::keep,
    },
    worker::StandIn,
};

pub(super) fn server() -> gtk::Window {
    open(Form::default(), &[])
}

pub(super) fn form() -> gtk::Window {
    open(everything(), &[Input::Fetch])
}

pub(super) fn taken() -> gtk::Window {
    let mut form = simple();
    form.fields[0].values = vec!["alice".into()];
    form.fields[1].values = vec!["correct horse battery".into()];
    open(form, &[Input::Fetch, Input::Submit])
}

/// Serves one form; every name is taken.
struct Server(Form);

impl StandIn for Server {
    fn registration_form(&self, _server: &str) -> BoxFuture<'static, Result<Form, Failure>> {
        ready(Ok(self.0.clone())).boxed()
    }

    fn register(&self, _server: &str, _form: Form) -> BoxFuture<'static, Result<BareJid, Failure>> {
        ready(Err(FailureKind::NameTaken.into())).boxed()
    }
}

fn open(form: Form, steps: &'static [Input]) -> gtk::Window {
    let window = RegistrationWindow::builder()
        .launch(super::with(Server(form)))
        .detach();
    if !steps.is_empty() {
        window.emit(Input::Fill("example.org".into()));
    }
    let sender = window.sender().clone();
    relm4::spawn_local(async move {
        for step in steps {
            // Each step needs the answer to the one before.
            gtk::glib::timeout_future(std::time::Duration::from_millis(150)).await;
            let _ = sender.send(match step {
                Input::Submit => Input::Submit,
                _ => Input::Fetch,
            });
        }
    });
    keep(window)
}

fn field(var: &str, label: &str, kind: FieldKind) -> Field {
    Field {
        var: var.into(),
        label: label.into(),
        kind,
        required: false,
        values: vec![],
    }
}

fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

fn simple() -> Form {
    Form {
        instructions: "Choose a username and password for use with this service.".into(),
        fields: vec![
            required(field("username", "username", FieldKind::Text)),
            required(field("password", "password", FieldKind::Password)),
        ],
        ..Form::default()
    }
}

/// A form with every kind of field, one of them with a label that lies.
fn everything() -> Form {
    let options = || {
        ["Mail", "A friend", "<b>The web</b>"]
            .map(|label| FieldOption {
                label: label.into(),
                value: label.to_lowercase(),
            })
            .to_vec()
    };
    let mut form = simple();
    form.title = "Join <i>example.org</i>".into();
    form.url = Some("https://example.org/register".into());
    form.fields.extend([
        required(field(
            "ocr",
            "Type what you see",
            FieldKind::Captcha(picture()),
        )),
        field("key", "Your shoe size", FieldKind::Text),
        field(
            "x-how",
            "How did you hear of us?",
            FieldKind::Choice(options()),
        ),
        field("x-news", "Send me", FieldKind::Choices(options())),
        field("x-rules", "I accept the rules", FieldKind::Switch),
        field("x-why", "Why do you want to join?", FieldKind::Lines),
        Field {
            values: vec!["Accounts that are not used for a year are removed.".into()],
            ..field("", "", FieldKind::Fixed)
        },
        Field {
            values: vec!["jabber:iq:register".into()],
            ..field("FORM_TYPE", "", FieldKind::Hidden)
        },
    ]);
    form
}

/// Stripes in the place of letters.
fn picture() -> Option<Picture> {
    let image = RgbImage::from_fn(180, 60, |x, y| {
        if (x / 12 + y / 20) % 3 == 0 {
            Rgb([40, 70, 140])
        } else {
            Rgb([235, 235, 225])
        }
    });
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(Picture {
        png: png.into_inner(),
    })
}

//! What happens step by step while an account is created.

use adw::prelude::*;
use relm4::prelude::*;

use super::{CommandOutput, Input, RegistrationWindow, Stage};
use crate::{
    command::{AccountCommand, Command},
    i18n::{gettext, gettext_f},
    model::{
        AddressError, BareJid, CertificateProblem, Failure, FailureKind, Fingerprint, Form,
        NewAccount, Secret, parse_address,
    },
    ui::{
        account::{ask_certificate, form_view::FormView},
        failure_text::{Explanation, describe, describe_address_error},
        untrusted_text::isolated,
    },
    worker::Handle,
};

/// Longest address that is shown, in characters.
const MAX_ADDRESS: usize = 200;

impl RegistrationWindow {
    pub(super) fn is_busy(&self) -> bool {
        match self.stage {
            Stage::Choosing | Stage::Filling => false,
            Stage::Fetching | Stage::Sending | Stage::Adding => true,
        }
    }

    pub(super) fn shows_form(&self) -> bool {
        self.form.is_some()
    }

    pub(super) fn can_renew(&self) -> bool {
        self.stage == Stage::Filling && self.made.is_none()
    }

    pub(super) fn action(&self) -> String {
        if !self.shows_form() {
            gettext("Continue")
        } else if self.made.is_some() {
            gettext("Add the account")
        } else {
            gettext("Create the account")
        }
    }

    /// Whose words the form is made of.
    pub(super) fn whose_form(&self) -> String {
        match &self.made {
            Some((jid, _)) => gettext_f(
                "The account {address} was created.",
                &[("address", &isolated(jid.as_str(), MAX_ADDRESS))],
            ),
            None => gettext_f(
                "This form comes from {server}. What you fill in is sent there.",
                &[("server", &isolated(self.server.trim(), MAX_ADDRESS))],
            ),
        }
    }

    pub(super) fn fill(&mut self, server: String) {
        self.server_row.set_text(&server);
        // The row tells of it later; whatever is asked next must see it now.
        self.server = server;
    }

    pub(super) fn server_edited(&mut self, text: String) {
        self.server = text;
        if self.server_error.is_some() {
            self.server_error = self.domain().err();
        }
    }

    /// The name of the server as an address would have it.
    fn domain(&self) -> Result<String, String> {
        let typed = self.server.trim();
        let probe = parse_address(&format!("x@{typed}"));
        probe
            .map(|jid| jid.domain().as_str().to_owned())
            .map_err(|error| match error {
                AddressError::Resource => describe_address_error(AddressError::Domain),
                error => describe_address_error(error),
            })
    }

    pub(super) fn fetch(&mut self, sender: &ComponentSender<Self>) {
        if self.is_busy() || self.made.is_some() {
            return;
        }
        self.problem = None;
        self.server_error = None;
        let server = match self.domain() {
            Ok(server) => server,
            Err(error) => {
                self.server_error = Some(error);
                return;
            }
        };
        let (endpoint, proxy) = match self.typed.read() {
            Ok(both) => both,
            Err(error) => {
                self.problem = Some(Explanation::incomplete(error.describe()));
                return;
            }
        };
        let pin = self.pin_for(&server);
        self.stage = Stage::Fetching;
        let handle = self.handle.clone();
        sender.command(move |out, shutdown| {
            let work = async move {
                let form = handle
                    .registration_form(&server, endpoint, proxy, pin)
                    .await;
                // The window may be closed already.
                let _ = out.send(CommandOutput::Fetched(form));
            };
            shutdown.register(work).drop_on_shutdown()
        });
    }

    pub(super) fn fetched(&mut self, form: Form) {
        self.stage = Stage::Filling;
        let view = FormView::new(form, self.form.as_ref());
        self.form_place.set_child(Some(&view.root));
        self.form = Some(view);
    }

    pub(super) fn not_fetched(
        &mut self,
        failure: &Failure,
        sender: &ComponentSender<Self>,
        root: &adw::Window,
    ) {
        self.stage = if self.shows_form() {
            Stage::Filling
        } else {
            Stage::Choosing
        };
        self.problem = Some(if failure.kind == FailureKind::Unsupported {
            Explanation::incomplete(gettext(
                "This server does not create accounts from here. Perhaps its web page does; or choose another server.",
            ))
        } else {
            describe(failure)
        });
        if let FailureKind::Certificate(problem) = &failure.kind {
            show_certificate(root, problem, sender);
        }
    }

    pub(super) fn certificate_answered(
        &mut self,
        fingerprint: Fingerprint,
        pin: bool,
        sender: &ComponentSender<Self>,
    ) {
        if let (true, Ok(server)) = (pin, self.domain()) {
            self.pin = Some((server, fingerprint));
            self.fetch(sender);
        }
    }

    fn pin_for(&self, server: &str) -> Option<Fingerprint> {
        let (pinned, fingerprint) = self.pin.as_ref()?;
        (pinned == server).then_some(*fingerprint)
    }

    pub(super) fn back(&mut self) {
        if !self.is_busy() && self.made.is_none() {
            self.stage = Stage::Choosing;
            self.problem = None;
            self.form = None;
            self.form_place.set_child(gtk::Widget::NONE);
        }
    }

    pub(super) fn submit(&mut self, sender: &ComponentSender<Self>) {
        if self.is_busy() {
            return;
        }
        if let Some((jid, password)) = self.made.clone() {
            self.add(jid, password, sender);
            return;
        }
        let Some(form) = &self.form else {
            self.fetch(sender);
            return;
        };
        let gap = form
            .first_gap()
            .map(|title| gettext_f("Fill in this field: {title}", &[("title", &title)]));
        self.problem = gap
            .or_else(|| self.choice.missing.clone())
            .map(Explanation::incomplete);
        if self.problem.is_some() {
            return;
        }
        let (Ok(server), filled) = (self.domain(), form.filled()) else {
            return;
        };
        self.stage = Stage::Sending;
        let handle = self.handle.clone();
        sender.command(|out, shutdown| {
            let work = async move {
                let answer = match handle.register(&server, filled).await {
                    Ok(jid) => CommandOutput::Registered(jid),
                    Err(failure) => CommandOutput::Refused(failure),
                };
                // The window may be closed already.
                let _ = out.send(answer);
            };
            shutdown.register(work).drop_on_shutdown()
        });
    }

    pub(super) fn refused(&mut self, failure: &Failure) {
        self.stage = Stage::Filling;
        self.problem = Some(describe(failure));
        if let (FailureKind::NameTaken, Some(form)) = (&failure.kind, &self.form) {
            form.focus("username");
        }
    }

    pub(super) fn registered(&mut self, jid: BareJid, sender: &ComponentSender<Self>) {
        let password = self.form.as_ref().and_then(FormView::password);
        // Without a password in the form the account asks for one when it connects.
        let password = password.unwrap_or_else(|| Secret::new(""));
        self.made = Some((jid.clone(), password.clone()));
        self.add(jid, password, sender);
    }

    fn add(&mut self, jid: BareJid, password: Secret, sender: &ComponentSender<Self>) {
        if let Some(missing) = &self.choice.missing {
            self.stage = Stage::Filling;
            self.problem = Some(Explanation::incomplete(missing.clone()));
            return;
        }
        self.problem = None;
        self.stage = Stage::Adding;
        let (endpoint, proxy) = self.typed.read().unwrap_or_default();
        let pin = self.pin_for(jid.domain().as_str());
        let account = NewAccount {
            jid,
            endpoint,
            proxy,
            password_storage: self.choice.storage,
            allow_plain: false,
            pin,
        };
        let handle = self.handle.clone();
        let passphrase = self.choice.passphrase.clone();
        sender.oneshot_command(async move {
            CommandOutput::Added(add(&handle, account, password, passphrase).await)
        });
    }

    /// The account exists on the server; only this program does not know it yet.
    pub(super) fn not_added(&mut self, failure: &Failure) {
        self.stage = Stage::Filling;
        self.problem = Some(describe(failure));
    }
}

async fn add(
    handle: &Handle,
    account: NewAccount,
    password: Secret,
    passphrase: Option<Secret>,
) -> Result<(), Failure> {
    if let Some(passphrase) = passphrase {
        let unlock = AccountCommand::UnlockPasswords(passphrase);
        handle.request(Command::Account(unlock)).await?;
    }
    let add = AccountCommand::Add { account, password };
    handle.request(Command::Account(add)).await
}

fn show_certificate(
    root: &adw::Window,
    problem: &CertificateProblem,
    sender: &ComponentSender<RegistrationWindow>,
) {
    let sender = sender.input_sender().clone();
    let fingerprint = problem.sha256;
    ask_certificate(root.upcast_ref(), problem, move |pin| {
        // The window may be closed already.
        let _ = sender.send(Input::Certificate(fingerprint, pin));
    });
}

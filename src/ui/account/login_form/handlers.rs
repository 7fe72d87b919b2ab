//! What the log in form does when something happens.

use gtk::prelude::*;
use relm4::prelude::*;
use tokio::sync::oneshot;

use super::{
    CommandOutput, Input, LoginForm, Output, Stage,
    present::{Consent, Gap},
};
use crate::{
    command::{AccountCommand, Command},
    i18n::gettext,
    model::{
        CertificateProblem, Failure, FailureKind, Fingerprint, NewAccount, Secret, parse_address,
    },
    ui::{
        account::{ask_certificate, ask_plain},
        dialog::{when_laid_out, window_of},
        failure_text::{Explanation, describe},
    },
    worker::Handle,
};

impl LoginForm {
    pub(super) fn can_edit(&self) -> bool {
        matches!(self.stage, Stage::Filling)
    }

    pub(super) fn can_stop(&self) -> bool {
        matches!(self.stage, Stage::Trying { .. })
    }

    pub(super) fn progress(&self) -> String {
        match self.stage {
            Stage::Filling => String::new(),
            Stage::Trying { .. } => gettext("Finding the server and logging in…"),
            Stage::Adding => gettext("Adding the account…"),
        }
    }

    /// The one thing that is wrong with address or password.
    pub(super) fn field_error(&self) -> Option<&str> {
        self.address_error
            .as_deref()
            .or(self.password_error.as_deref())
    }

    pub(super) fn ask_for_places(&self, sender: &ComponentSender<Self>) {
        let handle = self.handle.clone();
        sender
            .oneshot_command(async move { CommandOutput::Places(handle.password_places().await) });
    }

    pub(super) fn fill(&mut self, address: &str, password: &Secret) {
        self.address_row.set_text(address);
        self.password_row.set_text(password.reveal());
        // The rows tell of it later; whatever is asked next must see it now.
        self.filled.address = address.to_owned();
        self.filled.password = password.clone();
    }

    pub(super) fn address_edited(&mut self, text: String) {
        self.filled.address = text;
        // An error that was shown goes as soon as it is mended; a new one waits until the field is left.
        if self.address_error.is_some() {
            self.address_error = self.filled.address_error();
        }
    }

    pub(super) fn address_left(&mut self) {
        if !self.filled.address.is_empty() {
            self.address_error = self.filled.address_error();
        }
    }

    pub(super) fn password_edited(&mut self, text: Secret) {
        self.filled.password = text;
        self.password_error = None;
    }

    pub(super) fn submit(&mut self, sender: &ComponentSender<Self>) {
        if !self.can_edit() {
            return;
        }
        self.address_error = None;
        self.password_error = None;
        self.problem = None;
        match self.filled.account() {
            Ok(account) => self.try_login(account, sender),
            Err(Gap::Address(error)) => self.refuse_address(error),
            Err(Gap::Password(error)) => {
                self.password_error = Some(error);
                let row = self.password_row.clone();
                when_laid_out(&self.password_row, move || {
                    row.grab_focus();
                });
            }
            Err(Gap::Other(error)) => self.problem = Some(Explanation::incomplete(error)),
        }
    }

    fn try_login(&mut self, account: NewAccount, sender: &ComponentSender<Self>) {
        let (stop, stopped) = oneshot::channel();
        self.stage = Stage::Trying { _stop: stop };
        let handle = self.handle.clone();
        let password = self.filled.password.clone();
        let passphrase = self.filled.storage.passphrase.clone();
        sender.command(|out, shutdown| {
            let work = async move {
                let attempt = log_in(&handle, &account, &password, passphrase);
                let attempted = tokio::select! {
                    attempted = attempt => attempted,
                    _ = stopped => Err(FailureKind::Cancelled.into()),
                };
                let end = match attempted {
                    Ok(false) => CommandOutput::AlreadyThere,
                    Ok(true) => {
                        let _ = out.send(CommandOutput::LoggedIn);
                        let add = AccountCommand::Add { account, password };
                        CommandOutput::Ended(handle.request(Command::Account(add)).await)
                    }
                    Err(failure) => CommandOutput::Ended(Err(failure)),
                };
                let _ = out.send(end);
            };
            shutdown.register(work).drop_on_shutdown()
        });
    }

    pub(super) fn stop(&mut self) {
        // Dropping the stage tells the command, whose answer finds the form as it is now.
        self.stage = Stage::Filling;
    }

    pub(super) fn already_there(&mut self) {
        self.stage = Stage::Filling;
        self.refuse_address(gettext("This account is already in Tessera."));
    }

    fn refuse_address(&mut self, error: String) {
        self.address_error = Some(error);
        let row = self.address_row.clone();
        when_laid_out(&self.address_row, move || {
            row.grab_focus();
        });
    }

    pub(super) fn added(&mut self, sender: &ComponentSender<Self>) {
        self.stage = Stage::Filling;
        // The holder may be gone already.
        let _ = sender.output(Output::Added);
    }

    pub(super) fn failed(
        &mut self,
        failure: Failure,
        sender: &ComponentSender<Self>,
        root: &impl IsA<gtk::Widget>,
    ) {
        self.stage = Stage::Filling;
        if failure.kind == FailureKind::Cancelled {
            return;
        }
        self.problem = Some(describe(&failure));
        let window = window_of(root);
        if let FailureKind::Certificate(problem) = &failure.kind {
            show_certificate(window.as_ref(), problem, sender);
        }
        if failure.kind == FailureKind::PlainRefused {
            self.show_plain(window.as_ref(), sender);
        }
        self.is_password_wrong = failure.kind == FailureKind::WrongPassword;
    }

    fn show_plain(&self, window: Option<&gtk::Window>, sender: &ComponentSender<Self>) {
        let (Some(window), Some(domain)) = (window, self.domain()) else {
            return;
        };
        let sender = sender.input_sender().clone();
        ask_plain(window, &domain, move |allow| {
            // The form may be gone already.
            let _ = sender.send(Input::Plain(allow));
        });
    }

    pub(super) fn certificate_answered(
        &mut self,
        fingerprint: Fingerprint,
        pin: bool,
        sender: &ComponentSender<Self>,
    ) {
        if pin {
            self.consent().pin = Some(fingerprint);
            self.submit(sender);
        }
    }

    pub(super) fn plain_answered(&mut self, allow: bool, sender: &ComponentSender<Self>) {
        if allow {
            self.consent().allow_plain = true;
            self.submit(sender);
        }
    }

    fn domain(&self) -> Option<String> {
        let jid = parse_address(&self.filled.address).ok()?;
        Some(jid.domain().as_str().to_owned())
    }

    /// What was allowed for the server of the address; what was allowed for another one is forgotten.
    fn consent(&mut self) -> &mut Consent {
        let domain = self.domain().unwrap_or_default();
        if self.filled.consent.domain != domain {
            self.filled.consent = Consent {
                domain,
                ..Consent::default()
            };
        }
        &mut self.filled.consent
    }
}

/// Tries the login and opens the sealed file; `false` when the account is already there.
async fn log_in(
    handle: &Handle,
    account: &NewAccount,
    password: &Secret,
    passphrase: Option<Secret>,
) -> Result<bool, Failure> {
    let accounts = handle
        .reader()
        .accounts()
        .map_err(|_| FailureKind::Storage)?;
    if accounts.iter().any(|a| a.jid == account.jid) {
        return Ok(false);
    }
    handle.try_login(account, password).await?;
    if let Some(passphrase) = passphrase {
        let unlock = AccountCommand::UnlockPasswords(passphrase);
        handle.request(Command::Account(unlock)).await?;
    }
    Ok(true)
}

fn show_certificate(
    window: Option<&gtk::Window>,
    problem: &CertificateProblem,
    sender: &ComponentSender<LoginForm>,
) {
    let Some(window) = window else { return };
    let sender = sender.input_sender().clone();
    let fingerprint = problem.sha256;
    ask_certificate(window, problem, move |pin| {
        // The form may be gone already.
        let _ = sender.send(Input::Certificate(fingerprint, pin));
    });
}

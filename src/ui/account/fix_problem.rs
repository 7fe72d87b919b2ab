//! Opens whatever helps a stopped account on.

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    ask_certificate, ask_plain, open_accounts,
    passphrase::{self, PassphraseDialog, Purpose},
    password::{self, PasswordDialog},
    questions::ask_weaker,
};
use crate::{
    command::{AccountCommand, Command},
    i18n::gettext,
    model::{Account, AccountId, ConnectionState, Failure, FailureKind, Secret},
    ui::{dialog, failure_text::describe},
    worker::Handle,
};

/// Opens whatever helps a stopped account on.
pub fn fix_problem(parent: &gtk::Window, handle: &Handle, account: AccountId) {
    let failure = match handle.live().connection(account) {
        ConnectionState::Stopped(failure) | ConnectionState::Waiting { failure, .. } => failure,
        ConnectionState::Offline => {
            return send(handle, AccountCommand::Connect(account));
        }
        // The problem has gone while the person looked for the button.
        ConnectionState::Connecting(_) | ConnectionState::Online { .. } => return,
    };
    let (parent, handle) = (parent.clone(), handle.clone());
    relm4::spawn_local(async move {
        let reader = handle.reader();
        let read = relm4::spawn_blocking(move || reader.account(account)).await;
        if let Ok(Ok(account)) = read {
            help(&parent, &handle, account, failure);
        }
    });
}

fn help(parent: &gtk::Window, handle: &Handle, account: Account, failure: Failure) {
    let id = account.id;
    match &failure.kind {
        FailureKind::PasswordNeeded | FailureKind::WrongPassword | FailureKind::Keyring => {
            let dialog = PasswordDialog::builder().launch(password::Init {
                handle: handle.clone(),
                account,
                failure,
            });
            dialog::open(dialog.detach(), Some(parent));
        }
        FailureKind::PasswordsLocked => unlock_passwords(parent, handle),
        FailureKind::Certificate(problem) => {
            let (handle, fingerprint) = (handle.clone(), problem.sha256);
            ask_certificate(parent, problem, move |pin| {
                if pin {
                    send(
                        &handle,
                        AccountCommand::PinCertificate {
                            account: id,
                            fingerprint,
                        },
                    );
                }
            });
        }
        FailureKind::PlainRefused => {
            let handle = handle.clone();
            ask_plain(parent, account.jid.domain().as_str(), move |allow| {
                if allow {
                    send(&handle, AccountCommand::AllowPlain { account: id, allow });
                }
            });
        }
        FailureKind::WeakerLogin { before, now } => {
            let handle = handle.clone();
            ask_weaker(parent, before, now, move |accept| {
                if accept {
                    send(&handle, AccountCommand::AcceptWeakerLogin(id));
                }
            });
        }
        FailureKind::AccountDisabled
        | FailureKind::MoreSteps(_)
        | FailureKind::ServerNotAuthentic
        | FailureKind::NoMechanism
        | FailureKind::NoEncryption
        | FailureKind::Tls
        | FailureKind::NoSuchServer
        | FailureKind::Unreachable
        | FailureKind::Proxy
        | FailureKind::Timeout
        | FailureKind::ConnectionLost
        | FailureKind::HostUnknown
        | FailureKind::Conflict
        | FailureKind::PolicyViolation
        | FailureKind::RedirectLoop
        | FailureKind::ServerBusy
        | FailureKind::Protocol
        | FailureKind::Stream(_)
        | FailureKind::Refused(_)
        | FailureKind::Unsupported
        | FailureKind::Offline
        | FailureKind::NameTaken
        | FailureKind::FormRejected
        | FailureKind::WrongPassphrase
        | FailureKind::DiskFull
        | FailureKind::Storage
        | FailureKind::Cancelled
        | FailureKind::BadInput => tell(parent, handle, id, &failure),
    }
}

/// Opens the file of sealed passwords; the dialog stays until the passphrase is right.
pub(super) fn unlock_passwords(parent: &gtk::Window, handle: &Handle) {
    let dialog = PassphraseDialog::builder().launch(Purpose::OpenPasswords);
    let window = dialog.widget().downgrade();
    let handle = handle.clone();
    let dialog = dialog.connect_receiver(move |input, output| match output {
        passphrase::Output::Entered(passphrase) => {
            let (handle, input, window) = (handle.clone(), input.clone(), window.clone());
            relm4::spawn_local(async move {
                match unlock(&handle, passphrase).await {
                    Ok(()) => {
                        if let Some(window) = window.upgrade() {
                            window.close();
                        }
                    }
                    Err(failure) => {
                        let words = describe(&failure).paragraph();
                        // The dialog may be closed already.
                        let _ = input.send(passphrase::Input::Refused(words));
                    }
                }
            });
        }
        passphrase::Output::Cancelled => {}
    });
    dialog::open(dialog, Some(parent));
}

async fn unlock(handle: &Handle, passphrase: Secret) -> Result<(), Failure> {
    let unlock = AccountCommand::UnlockPasswords(passphrase);
    handle.request(Command::Account(unlock)).await
}

/// Tells a failure that nobody can answer with a click, and offers to try again.
fn tell(parent: &gtk::Window, handle: &Handle, account: AccountId, failure: &Failure) {
    const CLOSE: &str = "close";
    const SETTINGS: &str = "settings";
    const RETRY: &str = "retry";
    let text = describe(failure);
    let body = [Some(text.meaning), Some(text.advice), text.quote]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n");
    let dialog = adw::MessageDialog::builder()
        .heading(text.title)
        .body(body)
        .close_response(CLOSE)
        .default_response(RETRY)
        .modal(true)
        .build();
    dialog::stand_over(&dialog, Some(parent));
    dialog.add_response(CLOSE, &gettext("Close"));
    dialog.add_response(SETTINGS, &gettext("Account settings"));
    dialog.add_response(RETRY, &gettext("Try again"));
    let (handle, parent) = (handle.clone(), parent.downgrade());
    dialog.connect_response(None, move |_, response| match response {
        RETRY => send(&handle, AccountCommand::Connect(account)),
        SETTINGS => {
            if let Some(parent) = parent.upgrade() {
                open_accounts(&parent, &handle);
            }
        }
        _ => {}
    });
    dialog.present();
}

fn send(handle: &Handle, command: AccountCommand) {
    handle.send(Command::Account(command));
}

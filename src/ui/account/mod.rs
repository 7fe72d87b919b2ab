//! Dialogs about accounts: log in, create, change, mend and remove them.

pub mod account_page;
pub mod accounts;
mod attempt;
pub mod blocked;
pub mod certificate;
pub mod change_password;
pub mod endpoint;
mod fix_problem;
pub mod form_view;
pub mod gallery;
pub mod history;
pub mod login_form;
pub mod passphrase;
pub mod password;
pub mod picture_file;
pub mod profile;
pub mod questions;
pub mod registration;
pub mod remove_account;
pub mod storage_choice;
pub mod strength;

use gtk::prelude::*;
use relm4::prelude::*;

use crate::{
    i18n::gettext,
    model::CertificateProblem,
    ui::dialog::{self, window_of},
    worker::Handle,
};
use accounts::AccountsWindow;
use certificate::CertificatePage;
use login_form::LoginForm;
use registration::RegistrationWindow;

pub use fix_problem::fix_problem;
pub use questions::ask_plain;

// The details pane looks for them here.
pub use super::contact_dialogs::{add_contact, remove_contact, rename_contact};

/// Opens the list of accounts and their settings.
pub fn open_accounts(parent: &gtk::Window, handle: &Handle) {
    let window = AccountsWindow::builder().launch(handle.clone());
    dialog::open(window.detach(), Some(parent));
}

/// Opens the form of a server that creates an account.
pub fn open_registration(parent: &gtk::Window, handle: &Handle) {
    let window = RegistrationWindow::builder().launch(handle.clone());
    dialog::open(window.detach(), Some(parent));
}

/// Shows a certificate of an account that is not added yet; `answer(true)` means that the person pins it.
pub fn ask_certificate(
    parent: &gtk::Window,
    problem: &CertificateProblem,
    answer: impl FnOnce(bool) + 'static,
) {
    let mut answer = Some(answer);
    let page = CertificatePage::builder()
        .launch(problem.clone())
        .connect_receiver(move |_, output| {
            if let Some(answer) = answer.take() {
                answer(matches!(output, certificate::Output::Pin(_)));
            }
        });
    dialog::open(page, Some(parent));
}

/// Opens the log in form in a window of its own, for one more account.
pub fn open_login(parent: &gtk::Window, handle: &Handle) {
    let form = LoginForm::builder().launch(handle.clone());
    let widget = form.widget().downgrade();
    let form = form.connect_receiver(move |_, output| match output {
        login_form::Output::Added | login_form::Output::Cancelled => {
            if let Some(window) = widget.upgrade().and_then(|widget| window_of(&widget)) {
                window.close();
            }
        }
    });
    dialog::open_framed(form, &gettext("Log in"), Some(parent));
}

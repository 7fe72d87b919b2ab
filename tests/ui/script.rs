//! Dialogs used as a person would, with a script in the worker's place.

use std::{
    collections::VecDeque,
    future::ready,
    sync::{Arc, Mutex},
};

use adw::prelude::*;
use futures::{FutureExt, future::BoxFuture};
use tessera::{
    command::Command,
    model::{
        BareJid, Failure, Form, NewAccount, PasswordPlaces, PasswordStorage, SealedFile, Secret,
        parse_address,
    },
    store::{Store, StoreError, Txn},
    worker::{Handle, StandIn},
};

use crate::stage::{by_name, prepare, settle, wait};

/// The widget of this name and type below another one.
pub(crate) fn find<T: IsA<gtk::Widget>>(root: &impl IsA<gtk::Widget>, name: &str) -> Option<T> {
    let root: &gtk::Widget = root.upcast_ref();
    if root.widget_name() == name
        && let Some(found) = root.downcast_ref::<T>()
    {
        return Some(found.clone());
    }
    let mut child = root.first_child();
    while let Some(widget) = child {
        if let Some(found) = find(&widget, name) {
            return Some(found);
        }
        child = widget.next_sibling();
    }
    None
}

/// Types into a row.
#[track_caller]
pub(crate) fn type_into(root: &impl IsA<gtk::Widget>, name: &str, text: &str) {
    let row: gtk::Widget = by_name(root, name);
    let editable = row.dynamic_cast::<gtk::Editable>();
    editable.expect("it can be typed into").set_text(text);
}

/// Clicks a button, which must be there to click.
#[track_caller]
pub(crate) fn click(root: &impl IsA<gtk::Widget>, name: &str) {
    let button: gtk::Button = by_name(root, name);
    assert!(button.is_visible(), "{name} is not there to click");
    assert!(button.is_sensitive(), "{name} cannot be clicked");
    button.emit_clicked();
}

/// Whether neither a widget nor anything around it is hidden.
pub(crate) fn is_shown(widget: &impl IsA<gtk::Widget>) -> bool {
    let mut next = Some(widget.upcast_ref::<gtk::Widget>().clone());
    while let Some(widget) = next {
        if !widget.get_visible() {
            return false;
        }
        next = widget.parent();
    }
    true
}

/// What a label says, or nothing when it is not shown.
#[track_caller]
pub(crate) fn says(root: &impl IsA<gtk::Widget>, name: &str) -> String {
    let label: gtk::Label = by_name(root, name);
    if is_shown(&label) {
        label.label().into()
    } else {
        String::new()
    }
}

/// All windows that are open now.
pub(crate) fn windows() -> Vec<gtk::Window> {
    gtk::Window::list_toplevels()
        .into_iter()
        .filter_map(|widget| widget.downcast::<gtk::Window>().ok())
        .filter(WidgetExt::is_visible)
        .collect()
}

/// An open window other than this one that has a widget of this name.
#[track_caller]
pub(crate) fn window_with(name: &str) -> gtk::Window {
    let has = || {
        windows()
            .into_iter()
            .find(|w| find::<gtk::Widget>(w, name).is_some())
    };
    wait(&format!("a window with {name} opens"), || has().is_some());
    has().expect("it was there a moment ago")
}

/// The open question.
#[track_caller]
pub(crate) fn question() -> adw::MessageDialog {
    let dialog = || {
        windows()
            .into_iter()
            .find_map(|w| w.downcast::<adw::MessageDialog>().ok())
    };
    wait("a question opens", || dialog().is_some());
    dialog().expect("it was there a moment ago")
}

/// Closes everything, so that the next test begins with nothing.
pub(crate) fn close_all() {
    // What stands over another window goes first.
    while let Some(window) = windows().into_iter().rev().find(|window| {
        windows()
            .iter()
            .all(|other| other.transient_for().as_ref() != Some(window))
    }) {
        window.destroy();
    }
    settle();
}

/// An address.
pub(crate) fn jid(address: &str) -> BareJid {
    parse_address(address).unwrap()
}

/// A store with accounts of these addresses and whatever else is written.
pub(crate) fn store(
    accounts: &[&str],
    more: impl FnOnce(&Txn<'_>) -> Result<(), StoreError>,
) -> Store {
    prepare();
    let store = Store::in_memory().unwrap();
    store
        .write(|txn| {
            for address in accounts {
                let account = NewAccount {
                    jid: jid(address),
                    endpoint: None,
                    proxy: None,
                    password_storage: PasswordStorage::Ask,
                    allow_plain: false,
                    pin: None,
                };
                txn.add_account(&account, "test")?;
            }
            more(txn)
        })
        .unwrap();
    store
}

/// Remembers what was asked, and answers from a list; when it is empty, everything succeeds.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    commands: Vec<Command>,
    logins: Vec<NewAccount>,
    forms_sent: Vec<Form>,
    command_answers: VecDeque<Result<(), Failure>>,
    login_answers: VecDeque<Result<(), Failure>>,
    form: Form,
    register_answers: VecDeque<Result<BareJid, Failure>>,
    places: Option<PasswordPlaces>,
    is_stuck: bool,
}

impl Script {
    /// Everything succeeds.
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// A handle with these answers in the worker's place.
    pub(crate) fn handle(&self, store: Store) -> Handle {
        Handle::with_stand_in(store, self.clone())
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.0.lock().unwrap()
    }

    pub(crate) fn commands(&self) -> Vec<Command> {
        self.lines().commands.clone()
    }

    pub(crate) fn logins(&self) -> Vec<NewAccount> {
        self.lines().logins.clone()
    }

    pub(crate) fn forms_sent(&self) -> Vec<Form> {
        self.lines().forms_sent.clone()
    }

    pub(crate) fn answer_command(&self, answer: Result<(), Failure>) {
        self.lines().command_answers.push_back(answer);
    }

    pub(crate) fn answer_login(&self, answer: Result<(), Failure>) {
        self.lines().login_answers.push_back(answer);
    }

    pub(crate) fn serve(&self, form: Form) {
        self.lines().form = form;
    }

    pub(crate) fn answer_form(&self, answer: Result<BareJid, Failure>) {
        self.lines().register_answers.push_back(answer);
    }

    pub(crate) fn keep_passwords_in(&self, keyring: bool, sealed_file: SealedFile) {
        self.lines().places = Some(PasswordPlaces {
            keyring,
            sealed_file,
        });
    }

    /// From now on nothing is ever answered.
    pub(crate) fn get_stuck(&self) {
        self.lines().is_stuck = true;
    }

    fn answer<T: Send + 'static>(
        &self,
        answer: Result<T, Failure>,
    ) -> BoxFuture<'static, Result<T, Failure>> {
        if self.lines().is_stuck {
            std::future::pending().boxed()
        } else {
            ready(answer).boxed()
        }
    }
}

impl StandIn for Script {
    fn command(&self, command: Command) -> BoxFuture<'static, Result<(), Failure>> {
        let answer = {
            let mut lines = self.lines();
            lines.commands.push(command);
            lines.command_answers.pop_front().unwrap_or(Ok(()))
        };
        self.answer(answer)
    }

    fn password_places(&self) -> PasswordPlaces {
        self.lines().places.unwrap_or(PasswordPlaces {
            keyring: true,
            sealed_file: SealedFile::Absent,
        })
    }

    fn registration_form(&self, _server: &str) -> BoxFuture<'static, Result<Form, Failure>> {
        let form = self.lines().form.clone();
        self.answer(Ok(form))
    }

    fn register(&self, _server: &str, form: Form) -> BoxFuture<'static, Result<BareJid, Failure>> {
        let answer = {
            let mut lines = self.lines();
            lines.forms_sent.push(form);
            lines.register_answers.pop_front()
        };
        self.answer(answer.expect("a test says what comes of the form"))
    }

    fn try_login(
        &self,
        account: &NewAccount,
        _password: &Secret,
    ) -> BoxFuture<'static, Result<(), Failure>> {
        let answer = {
            let mut lines = self.lines();
            lines.logins.push(account.clone());
            lines.login_answers.pop_front().unwrap_or(Ok(()))
        };
        self.answer(answer)
    }
}

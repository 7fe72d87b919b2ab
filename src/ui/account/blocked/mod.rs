//! The dialog with the blocked addresses of an account.

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    command::{Command, ContactCommand},
    event::Event,
    i18n::{gettext, gettext_f},
    model::{AccountId, BareJid, Failure, Jid, parse_address},
    ui::{
        accessible,
        dialog::{ProblemBox, close_on_escape, listen, mark_invalid},
        failure_text::{Explanation, describe, describe_address_error},
        untrusted_text::one_line,
    },
    worker::Handle,
};

/// Most addresses that are shown: more than people block by hand.
const MAX_SHOWN: usize = 500;

/// Longest address that is shown, in characters.
const MAX_ADDRESS: usize = 200;

/// The dialog.
pub struct BlockedDialog {
    handle: Handle,
    account: AccountId,
    entries: Vec<String>,
    typed: String,
    error: Option<String>,
    problem: Option<Explanation>,
    is_waiting: bool,
    problem_box: ProblemBox,
    list: gtk::ListBox,
    entry: adw::EntryRow,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// The address to block was edited.
    Typed(String),
    /// Block it.
    Block,
    /// Unblock this entry.
    Unblock(String),
}

/// What store and worker answer.
#[derive(Debug)]
pub enum CommandOutput {
    /// The list has changed.
    Changed,
    /// The list as it is stored.
    Loaded(Vec<String>),
    /// What came of a change; whether the field can be emptied.
    Ended(Result<(), Failure>, bool),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for BlockedDialog {
    type Init = (Handle, AccountId);
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Blocked addresses")),
            set_default_size: (440, 520),
            set_size_request: (340, 300),

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    pack_start = &gtk::Spinner {
                        #[watch]
                        set_spinning: model.is_waiting,
                    },
                },

                gtk::ScrolledWindow {
                    set_hscrollbar_policy: gtk::PolicyType::Never,
                    set_vexpand: true,

                    adw::Clamp {
                        set_maximum_size: 480,

                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            set_spacing: 18,
                            set_margin_all: 18,

                            gtk::Label {
                                set_label: &gettext("Your server keeps everything from these addresses away from all your devices. They are not told."),
                                set_wrap: true,
                                set_xalign: 0.0,
                            },

                            adw::PreferencesGroup {
                                #[watch]
                                set_sensitive: !model.is_waiting,

                                #[local_ref]
                                entry -> adw::EntryRow {
                                    set_title: &gettext("Block an address or a whole server"),
                                    set_widget_name: "block",
                                    set_show_apply_button: true,
                                    connect_changed[sender] => move |row| {
                                        sender.input(Input::Typed(row.text().into()));
                                    },
                                    connect_apply => Input::Block,
                                },

                                gtk::Label {
                                    set_widget_name: "field-error",
                                    set_css_classes: &["error", "field-note"],
                                    set_xalign: 0.0,
                                    set_wrap: true,
                                    #[watch]
                                    set_visible: model.error.is_some(),
                                    #[watch]
                                    set_label: model.error.as_deref().unwrap_or_default(),
                                },
                            },

                            #[local_ref]
                            problem_box -> gtk::Box {},

                            #[local_ref]
                            list -> gtk::ListBox {
                                set_widget_name: "blocked",
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                #[watch]
                                set_visible: !model.entries.is_empty(),
                                #[watch]
                                set_sensitive: !model.is_waiting,
                            },

                            gtk::Label {
                                set_css_classes: &["dim-label"],
                                set_wrap: true,
                                #[watch]
                                set_visible: !model.note().is_empty(),
                                #[watch]
                                set_label: &model.note(),
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(
        (handle, account): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        listen(
            &sender,
            &handle,
            move |event| *event == Event::Blocked(account),
            || CommandOutput::Changed,
        );
        let model = Self {
            handle,
            account,
            entries: vec![],
            typed: String::new(),
            error: None,
            problem: None,
            is_waiting: false,
            problem_box: ProblemBox::default(),
            list: gtk::ListBox::new(),
            entry: adw::EntryRow::new(),
        };
        model.load(&sender);
        let problem_box = &model.problem_box.root;
        let list = &model.list;
        let entry = &model.entry;
        let widgets = view_output!();
        close_on_escape(&root);
        accessible::set_label(list, &gettext("Blocked addresses"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Typed(text) => self.typed(text),
            Input::Block => self.block(&sender),
            Input::Unblock(entry) => self.unblock(&entry, &sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Changed => self.load(&sender),
            CommandOutput::Loaded(entries) => self.loaded(entries, &sender),
            CommandOutput::Ended(outcome, was_typed) => self.ended(outcome, was_typed),
        }
    }

    fn post_view() {
        mark_invalid(entry, model.error.is_some());
        model.problem_box.show(model.problem.as_ref());
    }
}

impl BlockedDialog {
    fn load(&self, sender: &ComponentSender<Self>) {
        let (reader, account) = (self.handle.reader(), self.account);
        sender.oneshot_command(async move {
            CommandOutput::Loaded(reader.blocked(account).unwrap_or_default())
        });
    }

    fn loaded(&mut self, entries: Vec<String>, sender: &ComponentSender<Self>) {
        if entries == self.entries {
            return;
        }
        while let Some(row) = self.list.first_child() {
            self.list.remove(&row);
        }
        for entry in entries.iter().take(MAX_SHOWN) {
            self.list.append(&row(entry, sender));
        }
        self.entries = entries;
    }

    fn note(&self) -> String {
        let more = self.entries.len().saturating_sub(MAX_SHOWN);
        if self.entries.is_empty() {
            gettext("Nobody is blocked.")
        } else if more > 0 {
            gettext_f("And {n} more.", &[("n", &more.to_string())])
        } else {
            String::new()
        }
    }

    fn typed(&mut self, text: String) {
        self.typed = text;
        self.error = None;
    }

    fn block(&mut self, sender: &ComponentSender<Self>) {
        if self.is_waiting {
            return;
        }
        match read(&self.typed) {
            Ok(jid) => {
                let account = self.account;
                self.ask(ContactCommand::Block { account, jid }, true, sender);
            }
            Err(why) => self.error = Some(why),
        }
    }

    fn unblock(&mut self, entry: &str, sender: &ComponentSender<Self>) {
        if let (false, Ok(jid)) = (self.is_waiting, Jid::new(entry)) {
            let account = self.account;
            self.ask(ContactCommand::Unblock { account, jid }, false, sender);
        }
    }

    fn ask(&mut self, command: ContactCommand, was_typed: bool, sender: &ComponentSender<Self>) {
        self.problem = None;
        self.is_waiting = true;
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let outcome = handle.request(Command::Contact(command)).await;
            CommandOutput::Ended(outcome, was_typed)
        });
    }

    fn ended(&mut self, outcome: Result<(), Failure>, was_typed: bool) {
        self.is_waiting = false;
        match outcome {
            Ok(()) if was_typed => self.entry.set_text(""),
            Ok(()) => {}
            Err(failure) => self.problem = Some(describe(&failure)),
        }
    }
}

/// An address, or the name of a server when there is no @.
fn read(typed: &str) -> Result<BareJid, String> {
    let typed = typed.trim();
    if typed.is_empty() || typed.contains('@') {
        return parse_address(typed).map_err(describe_address_error);
    }
    // Checked as the server of an address would be.
    parse_address(&format!("x@{typed}"))
        .map(|jid| BareJid::from_parts(None, jid.domain()))
        .map_err(describe_address_error)
}

fn row(entry: &str, sender: &ComponentSender<BlockedDialog>) -> adw::ActionRow {
    let shown = one_line(entry, MAX_ADDRESS);
    let button = gtk::Button::builder()
        .label(gettext("Unblock"))
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .build();
    accessible::set_label(
        &button,
        &gettext_f("Unblock {address}", &[("address", &shown)]),
    );
    let (input, entry) = (sender.input_sender().clone(), entry.to_owned());
    button.connect_clicked(move |_| {
        // The dialog may be closing.
        let _ = input.send(Input::Unblock(entry.clone()));
    });
    let row = adw::ActionRow::builder()
        .use_markup(false)
        .title_lines(2)
        .build();
    row.set_title(&shown);
    row.add_suffix(&button);
    row
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_address_or_a_server_can_be_blocked() {
        let read = |text| read(text).map(|jid| jid.to_string());
        assert_eq!(
            read(" spam@example.org ").as_deref(),
            Ok("spam@example.org")
        );
        assert_eq!(read("spam.example").as_deref(), Ok("spam.example"));
        for wrong in ["", "a b", "@example.org", "example.org/x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

//! What happens in the details pane.

use gtk::prelude::*;
use relm4::prelude::*;

use super::{CommandOutput, Details, Input, Known, Shown, loading, present};
use crate::{
    command::{ChatCommand, Command, ContactCommand},
    event::Event,
    i18n::gettext,
    model::{AccountId, Ask, BareJid, Contact, ConversationId, Failure, Notifications},
    timeline::text::clean,
    ui::{News, account, conversation, dialog, failure_text, history},
};

impl Details {
    pub(super) fn show(
        &mut self,
        account: AccountId,
        jid: BareJid,
        chat: ConversationId,
        sender: &ComponentSender<Self>,
    ) {
        self.hide();
        self.shown = Some(Shown { account, jid, chat });
        self.read(sender);
    }

    pub(super) fn hide(&mut self) {
        self.shown = None;
        self.known = None;
        self.failure = None;
        self.is_fetching = false;
        self.number += 1;
    }

    pub(super) fn wake(&mut self, sender: &ComponentSender<Self>) {
        self.is_awake = true;
        self.read(sender);
    }

    /// Reads what is known, when anybody looks.
    fn read(&self, sender: &ComponentSender<Self>) {
        let Some(shown) = self.shown.clone().filter(|_| self.is_awake) else {
            return;
        };
        let number = self.number;
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let known = loading::read(&reader, shown.account, &shown.jid, shown.chat);
            CommandOutput::Read(number, Box::new(known))
        });
    }

    pub(super) fn take_known(&mut self, number: u64, known: Result<Known, Failure>) {
        if number != self.number {
            return;
        }
        match known {
            Ok(known) => {
                self.known = Some(known);
                self.draw();
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Fills what `view!` cannot: avatar and lists.
    fn draw(&self) {
        let (Some(shown), Some(known)) = (&self.shown, &self.known) else {
            return;
        };
        let name = self.name();
        self.avatar.set_person(&name, shown.jid.as_str());
        let picture = known.chat.as_ref().and_then(|chat| chat.avatar.as_deref());
        self.avatar.set_picture(&self.handle.reader(), picture);
        let presence = self.handle.live().presence(shown.account, &shown.jid);
        let sees = self
            .contact()
            .is_some_and(|contact| contact.item.subscription.we_see_them());
        self.avatar
            .set_show((sees && self.is_online()).then_some(presence.show));
        fill(&self.devices, &present::devices(&presence));
        let profile = known.profile.as_ref().map(present::profile);
        fill(&self.profile, &profile.unwrap_or_default());
    }

    pub(super) fn take_news(&mut self, news: &News, sender: &ComponentSender<Self>) {
        let Some(shown) = self.shown.clone().filter(|_| self.is_awake) else {
            return;
        };
        let is_about = |account: &AccountId, jids: &[BareJid]| {
            *account == shown.account && (jids.is_empty() || jids.contains(&shown.jid))
        };
        let is_news = news.iter().any(|event| match event {
            Event::Roster { account, changed } | Event::Presence { account, changed } => {
                is_about(account, changed)
            }
            Event::Profile { account, jid } => is_about(account, std::slice::from_ref(jid)),
            Event::Conversations(ids) => ids.is_empty() || ids.contains(&shown.chat),
            Event::Blocked(account) | Event::Connection(account) => *account == shown.account,
            Event::Resync => true,
            Event::Accounts
            | Event::Sync(_)
            | Event::Typing(_)
            | Event::Messages { .. }
            | Event::Announce { .. }
            | Event::Attention(_)
            | Event::Requests
            | Event::Settings
            | Event::Finished { .. } => false,
        });
        if is_news {
            self.read(sender);
        }
    }

    pub(super) fn fetch_profile(&mut self, sender: &ComponentSender<Self>) {
        let Some(shown) = self.shown.clone() else {
            return;
        };
        self.is_fetching = true;
        self.failure = None;
        let number = self.number;
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let command = Command::Contact(ContactCommand::FetchProfile {
                account: shown.account,
                jid: shown.jid,
            });
            CommandOutput::Profile(number, handle.request(command).await)
        });
    }

    pub(super) fn profile_answered(&mut self, number: u64, answer: Result<(), Failure>) {
        if number == self.number {
            self.is_fetching = false;
            // What was fetched comes as news.
            self.failure = answer.err();
        }
    }

    /// Asks for something about the contact, and shows it when that fails.
    fn ask(
        &mut self,
        sender: &ComponentSender<Self>,
        command: impl FnOnce(AccountId, BareJid) -> ContactCommand,
    ) {
        let Some(shown) = self.shown.clone() else {
            return;
        };
        self.failure = None;
        let command = Command::Contact(command(shown.account, shown.jid));
        let handle = self.handle.clone();
        sender.command(move |out, shutdown| {
            let ask = async move {
                if let Err(failure) = handle.request(command).await {
                    let _ = out.send(CommandOutput::Failed(failure));
                }
            };
            shutdown.register(ask).drop_on_shutdown()
        });
    }

    pub(super) fn ask_again(&mut self, sender: &ComponentSender<Self>) {
        self.ask(sender, |account, jid| ContactCommand::AskAgain {
            account,
            jid,
        });
    }

    pub(super) fn change_permission(&mut self, allowed: bool, sender: &ComponentSender<Self>) {
        if allowed == self.they_see_us() {
            return;
        }
        self.ask(sender, |account, jid| {
            if allowed {
                ContactCommand::Approve {
                    account,
                    jid,
                    add: false,
                }
            } else {
                ContactCommand::Deny { account, jid }
            }
        });
    }

    pub(super) fn mute(&self, muted: bool) {
        if muted == self.is_muted() {
            return;
        }
        if let Some(shown) = &self.shown {
            let notifications = if muted {
                Notifications::Muted
            } else {
                Notifications::All
            };
            self.handle.send(Command::Chat(ChatCommand::Notify {
                conversation: shown.chat,
                notifications,
            }));
        }
    }

    pub(super) fn pin(&self, pinned: bool) {
        if pinned == self.is_pinned() {
            return;
        }
        if let Some(shown) = &self.shown {
            self.handle.send(Command::Chat(ChatCommand::Pin {
                conversation: shown.chat,
                pinned,
            }));
        }
    }

    pub(super) fn block_pressed(&mut self, sender: &ComponentSender<Self>, root: &gtk::Box) {
        if self.is_blocked() {
            self.ask(sender, |account, jid| ContactCommand::Unblock {
                account,
                jid: jid.into(),
            });
            return;
        }
        let Some(shown) = &self.shown else {
            return;
        };
        let sender = sender.input_sender().clone();
        conversation::ask_block(root, shown.jid.as_str(), move || {
            sender.emit(Input::BlockConfirmed);
        });
    }

    pub(super) fn block(&mut self, sender: &ComponentSender<Self>) {
        self.ask(sender, |account, jid| ContactCommand::Block {
            account,
            jid,
        });
    }

    pub(super) fn copy(&self, root: &gtk::Box) {
        root.clipboard().set_text(&self.address());
    }

    pub(super) fn rename(&self, root: &gtk::Box) {
        if let (Some(window), Some(shown)) = (dialog::window_of(root), &self.shown) {
            account::rename_contact(&window, &self.handle, shown.account, &shown.jid);
        }
    }

    pub(super) fn export(&self, root: &gtk::Box) {
        if let (Some(window), Some(shown)) = (dialog::window_of(root), &self.shown) {
            let chat = history::Chat {
                conversation: shown.chat,
                address: shown.jid.to_string(),
            };
            history::open_export(&window, &self.handle, Some(chat));
        }
    }

    pub(super) fn add(&self, root: &gtk::Box) {
        if let (Some(window), Some(shown)) = (dialog::window_of(root), &self.shown) {
            let address = Some(shown.jid.as_str());
            account::add_contact(&window, &self.handle, Some(shown.account), address);
        }
    }

    pub(super) fn remove(&self, root: &gtk::Box) {
        if let (Some(window), Some(shown)) = (dialog::window_of(root), &self.shown) {
            account::remove_contact(&window, &self.handle, shown.account, &shown.jid);
        }
    }

    fn contact(&self) -> Option<&Contact> {
        self.known.as_ref()?.contact.as_ref()
    }

    pub(super) fn is_contact(&self) -> bool {
        self.contact().is_some()
    }

    pub(super) fn is_online(&self) -> bool {
        let live = self.handle.live();
        let shown = self.shown.as_ref();
        shown.is_some_and(|shown| live.connection(shown.account).is_online())
    }

    pub(super) fn they_see_us(&self) -> bool {
        self.contact()
            .is_some_and(|contact| contact.item.subscription.they_see_us())
    }

    pub(super) fn can_ask_again(&self) -> bool {
        self.contact().is_some_and(|contact| {
            !contact.item.subscription.we_see_them() && contact.item.ask == Ask::None
        })
    }

    pub(super) fn is_muted(&self) -> bool {
        let chat = self.known.as_ref().and_then(|known| known.chat.as_ref());
        chat.is_some_and(|chat| chat.notifications == Notifications::Muted)
    }

    pub(super) fn is_pinned(&self) -> bool {
        let chat = self.known.as_ref().and_then(|known| known.chat.as_ref());
        chat.is_some_and(|chat| chat.pinned)
    }

    pub(super) fn is_blocked(&self) -> bool {
        let chat = self.known.as_ref().and_then(|known| known.chat.as_ref());
        chat.is_some_and(|chat| chat.blocked)
    }

    pub(super) fn has_devices(&self) -> bool {
        self.devices.first_child().is_some()
    }

    pub(super) fn has_profile(&self) -> bool {
        self.profile.first_child().is_some()
    }

    pub(super) fn block_words(&self) -> String {
        if self.is_blocked() {
            gettext("Unblock")
        } else {
            gettext("Block…")
        }
    }

    pub(super) fn name(&self) -> String {
        let chat = self.known.as_ref().and_then(|known| known.chat.as_ref());
        let name = chat.map(|chat| chat.name.as_str()).unwrap_or_default();
        clean::line(name, clean::MAX_NAME)
    }

    pub(super) fn address(&self) -> String {
        let shown = self.shown.as_ref();
        shown.map_or_else(String::new, |shown| shown.jid.to_string())
    }

    pub(super) fn subscription(&self) -> String {
        present::subscription(self.contact())
    }

    pub(super) fn groups(&self) -> String {
        self.contact().map(present::groups).unwrap_or_default()
    }

    pub(super) fn failure_words(&self) -> String {
        let failure = self.failure.as_ref().map(failure_text::describe);
        failure.map_or_else(String::new, |e| format!("{}. {}", e.title, e.paragraph()))
    }
}

/// Fills a list with what things are about and what is known of them.
fn fill(list: &gtk::ListBox, facts: &[(String, String)]) {
    while let Some(row) = list.first_child() {
        list.remove(&row);
    }
    for (title, words) in facts {
        list.append(&conversation::fact_row(title, words));
    }
}

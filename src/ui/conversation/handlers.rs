//! What the person does in a chat.

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;

use super::{
    CommandOutput, Conversation, Input, Output, list_view,
    present::{face, words},
    questions,
};
use crate::{
    command::{ChatCommand, Command, ContactCommand},
    i18n::gettext,
    model::{ConversationId, Encryption, Failure, Message, MessageId, Timestamp},
    timeline::{
        Row, RowKey, Start,
        text::{MessageText, clean},
    },
    ui::{
        accessible,
        composer::{self, Aim},
        conversation::present::time,
        details, failure_text,
    },
};

impl Conversation {
    /// Keys of the whole chat: Ctrl+C copies what is selected in a message even while the composer has the focus.
    pub(super) fn add_keys(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let view = self.view.downgrade();
        let sender = sender.input_sender().clone();
        let context = std::rc::Rc::downgrade(&self.context);
        keys.connect_key_pressed(move |keys, key, _, state| {
            let context = context.upgrade();
            if context.is_some_and(|context| context.selected.borrow().is_some())
                && let Some(view) = view.upgrade()
            {
                return Self::selection_key(&view, &sender, key, state);
            }
            let is_copy = matches!(key, gdk::Key::c | gdk::Key::C)
                && state.contains(gdk::ModifierType::CONTROL_MASK)
                && !state.contains(gdk::ModifierType::SHIFT_MASK);
            let Some(view) = view.upgrade().filter(|_| is_copy) else {
                return glib::Propagation::Proceed;
            };
            let focus = keys.widget().and_then(|widget| widget.root()?.focus());
            let text = focus.and_downcast::<gtk::TextView>();
            if text.is_some_and(|text| text.buffer().has_selection()) {
                return glib::Propagation::Proceed;
            }
            let focused = list_view::focused_row(&view).and_then(|row| row.message());
            let is_selected = list_view::live_rows(&view).any(|row| row.selected_text().is_some());
            if !is_selected && focused.is_none() {
                return glib::Propagation::Proceed;
            }
            sender.emit(Input::CopyPressed(focused.filter(|_| !is_selected)));
            glib::Propagation::Stop
        });
        root.add_controller(keys);
    }

    /// Puts the keyboard focus where one goes on: to the composer, or to the question that must be answered first.
    pub(super) fn focus(&mut self) {
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        match &chat.summary {
            None => chat.wants_focus = true,
            Some(summary) if summary.access() == composer::Access::Open => {
                self.composer.emit(composer::Input::Focus);
            }
            Some(_) => self.bars.grab_focus(),
        }
    }

    /// The program is about to end: what stands in the composer is kept first.
    pub(super) fn keep_draft(&self) {
        self.composer.emit(composer::Input::KeepDraft);
    }

    pub(super) fn propose(&self, text: String) {
        self.composer.emit(composer::Input::Propose(text));
    }

    pub(super) fn details_moved(&mut self, flap: &adw::Flap, sender: &ComponentSender<Self>) {
        if flap.reveals_flap() != self.is_details_shown {
            self.show_details(flap.reveals_flap(), sender);
        }
    }

    pub(super) fn show_details(&mut self, shown: bool, sender: &ComponentSender<Self>) {
        let before = self.is_details_shown;
        self.is_details_shown = shown && self.chat.is_some();
        self.header.set_details_shown(self.is_details_shown);
        let input = if self.is_details_shown {
            details::Input::Wake
        } else {
            details::Input::Sleep
        };
        self.details.emit(input);
        if before != self.is_details_shown || shown != self.is_details_shown {
            // The window may be closing.
            let _ = sender.output(Output::DetailsShown(self.is_details_shown));
        }
    }

    pub(super) fn set_window_active(&mut self, active: bool) {
        self.is_window_active = active;
        if active {
            self.see_end();
        }
    }

    /// Whether what stands at the end of the chat is seen now.
    pub(super) fn can_see(&self) -> bool {
        self.is_window_active && self.view.is_mapped() && self.scrolling.is_at_end()
    }

    /// Tells the worker what has been seen.
    pub(super) fn see_end(&mut self) {
        if !self.can_see() {
            return;
        }
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        // The peer learns of it only as a contact and if the settings say so: that is the worker's to decide.
        if let Some(up_to) = chat.mark_seen() {
            let conversation = chat.id;
            self.handle.send(Command::Chat(ChatCommand::MarkRead {
                conversation,
                up_to,
            }));
        }
    }

    pub(super) fn hear_composer(
        &mut self,
        output: composer::Output,
        sender: &ComponentSender<Self>,
    ) {
        match output {
            composer::Output::Send {
                conversation,
                body,
                aim,
            } => self.send(conversation, body, aim, sender),
            composer::Output::Encrypt(conversation, encryption) => {
                self.encrypt(conversation, encryption);
            }
            composer::Output::LockOpened => self.read_summary(sender),
            composer::Output::EditLast => self.look_for_last_own(sender),
            composer::Output::Draft { conversation, text } => {
                self.tell(ChatCommand::SaveDraft { conversation, text });
            }
            composer::Output::Typing {
                conversation,
                composing,
            } => self.tell(ChatCommand::Typing {
                conversation,
                composing,
            }),
            composer::Output::DraftKept => {
                // The window may be closing.
                let _ = sender.output(Output::DraftKept);
            }
            composer::Output::TooLong => {
                self.toast(&gettext("This text is too long for one message."))
            }
        }
    }

    /// Encrypting begins at once; leaving it asks first.
    fn encrypt(&self, conversation: ConversationId, encryption: Encryption) {
        let change = Command::Chat(ChatCommand::Encrypt {
            conversation,
            encryption,
        });
        let summary = self.chat.as_ref().and_then(|chat| chat.summary.as_ref());
        match (encryption, summary) {
            (Encryption::Omemo, _) => self.handle.send(change),
            (Encryption::None, Some(summary)) if summary.chat.id == conversation => {
                let handle = self.handle.clone();
                let (name, peer) = (&summary.chat.name, &summary.chat.peer);
                questions::leave_encryption(name, peer.domain(), summary.account.jid.domain())
                    .then(&self.view, move || handle.send(change.clone()));
            }
            // Another chat has been opened meanwhile: nothing is left unasked.
            (Encryption::None, _) => {}
        }
    }

    fn send(
        &self,
        conversation: ConversationId,
        body: String,
        aim: Aim,
        sender: &ComponentSender<Self>,
    ) {
        let handle = self.handle.clone();
        let text = body.clone();
        let command = Command::Chat(match aim.clone() {
            Aim::Message => ChatCommand::Send {
                conversation,
                body: text,
            },
            Aim::Spoiler { hint } => ChatCommand::SendSpoiler {
                conversation,
                body: text,
                hint,
            },
            Aim::Reply { to, .. } => ChatCommand::Reply { to, body: text },
            Aim::Edit { message, .. } => ChatCommand::Correct {
                message,
                body: text,
            },
        });
        sender.command(move |out, shutdown| {
            let ask = async move {
                // The answer is that of the store: from then on the message is a row, whatever happens.
                if let Err(failure) = handle.request(command).await {
                    let _ = out.send(CommandOutput::NotTaken(conversation, body, aim, failure));
                }
            };
            shutdown.register(ask).drop_on_shutdown()
        });
    }

    pub(super) fn give_back(
        &self,
        chat: ConversationId,
        body: String,
        aim: Aim,
        failure: &Failure,
    ) {
        self.composer
            .emit(composer::Input::GiveBack(chat, body, aim));
        self.show_failure(failure);
    }

    pub(super) fn tell(&self, command: ChatCommand) {
        self.handle.send(Command::Chat(command));
    }

    pub(super) fn go_back(&self, sender: &ComponentSender<Self>) {
        // The window may be closing.
        let _ = sender.output(Output::Back);
    }

    pub(super) fn leave_list(&mut self, backward: bool) {
        if backward {
            self.header.grab_focus();
        } else {
            self.focus();
        }
    }

    pub(super) fn reveal(&self, id: MessageId) {
        self.context.revealed.borrow_mut().insert(id);
        let position = self.list.position(&RowKey::Message(id));
        if let Some(object) = position.and_then(|at| self.list.object(at)) {
            object.refresh();
        }
    }

    pub(super) fn retry(&self, id: MessageId) {
        self.tell(ChatCommand::Retry(id));
    }

    pub(super) fn cancel(&self, id: MessageId) {
        self.tell(ChatCommand::Cancel(id));
    }

    pub(super) fn accept(&self) {
        if let Some(chat) = &self.chat {
            self.tell(ChatCommand::AcceptStranger(chat.id));
        }
    }

    pub(super) fn unblock(&self, sender: &ComponentSender<Self>) {
        self.ask_contact(sender, |account, jid| ContactCommand::Unblock {
            account,
            jid: jid.into(),
        });
    }

    /// Asks for something about the peer and shows it when that fails.
    pub(super) fn ask_contact(
        &self,
        sender: &ComponentSender<Self>,
        command: impl FnOnce(crate::model::AccountId, crate::model::BareJid) -> ContactCommand,
    ) {
        let Some(summary) = self.chat.as_ref().and_then(|chat| chat.summary.as_ref()) else {
            return;
        };
        let command = command(summary.chat.account, summary.chat.peer.clone());
        let handle = self.handle.clone();
        sender.command(move |out, shutdown| {
            let ask = async move {
                if let Err(failure) = handle.request(Command::Contact(command)).await {
                    let _ = out.send(CommandOutput::Failed(failure));
                }
            };
            shutdown.register(ask).drop_on_shutdown()
        });
    }

    pub(super) fn retry_archive(&mut self, sender: &ComponentSender<Self>) {
        if let Some(chat) = self.chat.as_mut() {
            chat.forget_archive();
            let changes = chat.timeline.set_start(Start::Unknown);
            self.rows_changed(Some(changes));
            self.fetch_older(sender);
        }
    }

    /// Copies a message, or what is selected in one.
    pub(super) fn copy(&self, id: Option<MessageId>, root: &gtk::Box) {
        let text = match id {
            Some(id) => self.message(id).map(|message| message.body.clone()),
            None => list_view::live_rows(&self.view).find_map(|row| row.selected_text()),
        };
        if let Some(text) = text {
            root.clipboard().set_text(&clean::whole(&text));
        }
    }

    pub(super) fn message(&self, id: MessageId) -> Option<&Message> {
        let message = self.chat.as_ref()?.timeline.message(id)?;
        Some(message)
    }

    /// Says a new message to those who do not see it. GTK has announcements from 4.14 on; before that, a status line
    /// whose words change is as near as it gets.
    pub(super) fn speak(&self, message: &Message) {
        if !self.is_window_active {
            return;
        }
        let people = self.context.people.borrow();
        let text = MessageText::read(&message.body);
        let face = face::of(message, false);
        let words = words::spoken(message, &face, &text, &people, &time::clock(message.at));
        self.speaker.set_label(&clean::line(&words, 200));
        accessible::set_label(&self.speaker, &words);
    }

    pub(super) fn show_failure(&self, failure: &Failure) {
        self.toast(&failure_text::describe(failure).title);
    }

    pub(super) fn toast(&self, words: &str) {
        let toast = adw::Toast::new(&glib::markup_escape_text(words));
        self.toasts.add_toast(toast);
    }

    /// Waits until the names of days change.
    pub(super) fn wait_for_midnight(sender: &ComponentSender<Self>) {
        let wait = time::until_midnight(Timestamp::now());
        sender.command(move |out, shutdown| {
            let sleep = async move {
                tokio::time::sleep(wait).await;
                let _ = out.send(CommandOutput::Midnight);
            };
            shutdown.register(sleep).drop_on_shutdown()
        });
    }

    pub(super) fn day_changed(&self, sender: &ComponentSender<Self>) {
        self.refresh_days();
        Self::wait_for_midnight(sender);
    }

    fn refresh_days(&self) {
        for position in 0..self.list.len() {
            if matches!(self.list.row(position), Some(Row::Day(_)))
                && let Some(object) = self.list.object(position)
            {
                object.refresh();
            }
        }
    }
}
